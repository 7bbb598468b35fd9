import { expect } from 'chai';
import { addressBlock } from '../../src/services/values/address-block.ts';

describe('services/address-block', () => {
  it('returns an IPv4 address itself, also when it is mapped into IPv6', () => {
    expect(addressBlock('192.0.2.7')).to.equal('192.0.2.7');
    expect(addressBlock('::ffff:192.0.2.7')).to.equal('192.0.2.7');
    expect(addressBlock('::ffff:c000:207')).to.equal('192.0.2.7');
  });

  it('treats all addresses of an IPv6 /64 as one', () => {
    expect(addressBlock('2001:db8:1:2::1')).to.equal(addressBlock('2001:db8:1:2:ffff:ffff:ffff:ffff'));
    expect(addressBlock('2001:db8:1:2::1')).to.not.equal(addressBlock('2001:db8:1:3::1'));
    expect(addressBlock('fe80::1%eth0')).to.equal(addressBlock('fe80::2%eth1'));
  });

  it('treats all invalid addresses as one', () => {
    expect(
      new Set(
        ['', 'nonsense', '999.1.1.1', 'x'.repeat(10_000), '2001:db8::1::2', '192.0.2.7, 10.0.0.1'].map(addressBlock),
      ),
    ).to.have.property('size', 1);
  });
});
