/** A self-signed certificate for `*.example.test`, for test servers only. Its key is public, so it protects nothing. */
export const tlsCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglna5tuOB1IL29x4j
bd0EkGj/hJy+mrLKETfhpAQmPxOhRANCAARRsgz+he6TABKymzpsFMjOnkMZVIKI
MXvs36FsxlvYP3MxgMPTCoxoztH8Yg5OMs01K7aqhkpSBwDIY/fubbaD
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBpjCCAUygAwIBAgIUdEKguxqHyvTedC5RkhfSiJoepA0wCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPR2F0ZWhvdXNlIHRlc3RzMCAXDTI2MTEyNzA5MjUzNVoYDzIx
MjYxMTAzMDkyNTM1WjAaMRgwFgYDVQQDDA9HYXRlaG91c2UgdGVzdHMwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARRsgz+he6TABKymzpsFMjOnkMZVIKIMXvs36Fs
xlvYP3MxgMPTCoxoztH8Yg5OMs01K7aqhkpSBwDIY/fubbaDo24wbDAdBgNVHQ4E
FgQUDLW4P3ZrlSpXqI3ct92diEopAaowHwYDVR0jBBgwFoAUDLW4P3ZrlSpXqI3c
t92diEopAaowDwYDVR0TAQH/BAUwAwEB/zAZBgNVHREEEjAQgg4qLmV4YW1wbGUu
dGVzdDAKBggqhkjOPQQDAgNIADBFAiBpKipoNOiHelYeSRy8SWnd/3sz8yRGDQ5X
JYjhakJnAgIhAJq5xUYvvQ4dRmWZmG7QOFLh2C92Ivz3Co+DW29vkKSD
-----END CERTIFICATE-----`,
};
