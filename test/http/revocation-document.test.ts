import { expect } from 'chai';
import { epochSeconds, manualClock, type ManualClock } from '../../src/clock.ts';
import { OverloadedError, StorageUnavailableError } from '../../src/errors.ts';
import { createRevocationDocuments, type RevocationDocuments } from '../../src/oidc/revocation-document.ts';
import type { Revocation } from '../../src/services/tokens/revocations.ts';

interface Signed {
  readonly typ: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

describe('documents of the revocation feed', () => {
  let clock: ManualClock;
  let ends: Revocation[];
  let signed: Signed[];
  let isAvailable: boolean;
  let isWhole: boolean;
  let documents: RevocationDocuments;
  let report: (revocation: Revocation) => void;
  let beforeSigning: () => Promise<void>;

  beforeEach(() => {
    clock = manualClock(new Date('2030-01-01T12:00:00Z'));
    ends = [];
    signed = [];
    isAvailable = true;
    isWhole = true;
    beforeSigning = async () => {};
    documents = createRevocationDocuments({
      issuer: 'https://login.example',
      clock,
      revocations: {
        catchUp: async () => {
          if (!isAvailable) {
            throw new StorageUnavailableError('away');
          }
        },
        listSince: (at) => (isWhole ? ends.filter((end) => end.at >= at) : undefined),
        subscribe: (listener) => {
          report = listener;
          return () => {};
        },
      },
      sign: async (typ, claims) => {
        await beforeSigning();
        signed.push({ typ, claims });
        return `jws ${signed.length}`;
      },
    });
  });

  function announce(subject: Revocation['subject']): void {
    const revocation = { subject, at: epochSeconds(clock) };
    ends.push(revocation);
    report(revocation);
  }

  async function refusal(answer: Promise<unknown>): Promise<unknown> {
    return answer.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it('are used again while nothing ends, and signed again when something has ended', async () => {
    announce('grant:a');
    expect((await documents.complete()).jws).to.equal('jws 1');
    expect((await documents.complete()).jws).to.equal('jws 1');
    announce('grant:b');
    expect((await documents.complete()).jws).to.equal('jws 2');
    expect(signed[1]?.claims).to.include({ iss: 'https://login.example', iat: epochSeconds(clock), complete: true });
    expect(signed[1]?.claims['revocations']).to.have.length(2);
  });

  it('have everything that ended before they were asked for, also if one is being signed', async () => {
    announce('grant:a');
    beforeSigning = async () => {
      beforeSigning = async () => {};
      announce('grant:b');
    };
    const [first, second] = await Promise.all([documents.complete(), documents.complete()]);
    expect([first.jws, second.jws]).to.deep.equal(['jws 1', 'jws 1']);
    expect((await documents.complete()).jws).to.equal('jws 2');
    expect(signed[1]?.claims['revocations']).to.have.length(2);
  });

  it('have the same ETag for the same ends in any order, and another one for others', async () => {
    announce('grant:a');
    announce('grant:b');
    const { etag } = await documents.complete();
    ends.reverse();
    report({ subject: 'grant:a', at: 0 });
    expect((await documents.complete()).etag).to.equal(etag);
    announce('grant:c');
    expect((await documents.complete()).etag).not.to.equal(etag);
  });

  it('leave out what no JWT can depend on any more', async () => {
    announce('grant:a');
    clock.advance(661);
    announce('grant:b');
    await documents.complete();
    expect(signed[0]?.claims['revocations']).to.have.length(1);
  });

  it('are not signed while this process cannot know what has ended elsewhere', async () => {
    isAvailable = false;
    expect(await refusal(documents.complete())).to.be.instanceOf(StorageUnavailableError);
    expect(await refusal(documents.update([]))).to.be.instanceOf(StorageUnavailableError);
    isAvailable = true;
    expect((await documents.complete()).jws).to.equal('jws 1');
    expect(await documents.update([])).to.equal('jws 2');
  });

  it('are not signed when ends are missing from the list', async () => {
    isWhole = false;
    expect(await refusal(documents.complete())).to.be.instanceOf(OverloadedError);
    expect(await refusal(documents.update([]))).to.be.instanceOf(OverloadedError);
    expect(signed).to.deep.equal([]);
  });

  it('of news have the type, and say that they are not complete', async () => {
    await documents.update([{ subject: 'client:app', at: 7 }]);
    expect(signed[0]?.typ).to.equal('revocations+jwt');
    expect(signed[0]?.claims['complete']).to.equal(false);
    expect(signed[0]?.claims['revocations']).to.deep.equal([
      // echo -n client:app | sha256sum, as base64url
      { hash: 'BBf6spiy6hKC67SVtqZFI3NbAtZc8h4GxIy-NV5lrYU', at: 7, exp: 667 },
    ]);
  });
});
