'use strict';
// s3rver on loopback, with what its users rely on in S3 and it lacks: writes that are whole or absent, If-None-Match on PUT, If-Match on GET,
// SHA-256 checksums, and the listing and ending of multipart uploads. Each as the Amazon S3 API Reference says.
//
//   node server.js FOLDER PORT [--plain] [--bare] [--log FILE]
//
// --bare leaves the number of parts out of a composite checksum, as some servers do.
// --plain leaves If-None-Match out, as servers do that don't know it. --log appends a line for each request: method, URL, status.
// The buckets are the folders of FOLDER. Says "listening" once it does.

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { pipeline } = require('stream/promises');
const { Transform } = require('stream');
const S3rver = require('s3rver');
const FilesystemStore = require('s3rver/lib/stores/filesystem');
const S3Error = require('s3rver/lib/models/error');
const S3Object = require('s3rver/lib/models/object');

// s3rver enciphers its continuation tokens by DES, which OpenSSL 3 no longer has.
for (const name of ['createCipheriv', 'createDecipheriv']) {
  const original = crypto[name];
  const twice = bytes => Buffer.concat([bytes, bytes]);
  crypto[name] = (cipher, key, iv) => cipher === 'des' ? original('aes-128-cbc', twice(key), twice(iv)) : original(cipher, key, iv);
}

const [folder, port, ...rest] = process.argv.slice(2);
const plain = rest.includes('--plain');
const bare = rest.includes('--bare');
const log = rest.includes('--log') ? fs.openSync(rest[rest.indexOf('--log') + 1], 'a') : null;

const Sha256 = 'x-amz-checksum-sha256';
S3Object.ALLOWED_METADATA.push(Sha256);

/** An error with a status that s3rver's own table may lack. */
function refuse(status, code, message) {
  return Object.assign(new S3Error(code, message), { status });
}

const checksumFault = () => refuse(400, 'BadDigest', 'The SHA256 you specified did not match what we received.');

/** Writes a stream to a file, and looks whether it has the checksums that were announced. */
async function receive(content, file, headers) {
  const md5 = crypto.createHash('md5');
  const sha256 = crypto.createHash('sha256');
  const announced = headers[Sha256];
  const signed = /^[0-9a-f]{64}$/.test(headers['x-amz-content-sha256'] || '') ? headers['x-amz-content-sha256'] : null;
  let size = 0;
  await pipeline(
    content,
    new Transform({
      highWaterMark: 1 << 20,
      transform(chunk, encoding, done) {
        size += chunk.length;
        md5.update(chunk);
        if (announced || signed) sha256.update(chunk);
        done(null, chunk);
      },
    }),
    fs.createWriteStream(file, { highWaterMark: 1 << 20 }),
  );
  const digest = announced || signed ? sha256.digest() : null;
  if ((announced && digest.toString('base64') !== announced) || (signed && digest.toString('hex') !== signed)) {
    fs.unlinkSync(file);
    throw checksumFault();
  }
  return { size, md5: md5.digest('hex') };
}

class Store extends FilesystemStore {
  temporary() {
    const incoming = path.join(this.rootDirectory, '..', path.basename(this.rootDirectory) + '.incoming');
    fs.mkdirSync(incoming, { recursive: true });
    return path.join(incoming, crypto.randomUUID());
  }

  async putObject(object) {
    const headers = object.headers || {};
    const file = this.temporary();
    const written = Buffer.isBuffer(object.content)
      ? await receive([object.content], file, headers)
      : await receive(object.content, file, headers);
    return this.publish(object, file, written, headers['if-none-match'] === '*' && !plain);
  }

  /** In one step, as far as anybody else in this process can see. */
  publish(object, file, { size, md5 }, onlyNew) {
    const target = this.getResourcePath(object.bucket, object.key, 'object');
    if (onlyNew && fs.existsSync(target)) {
      fs.unlinkSync(file);
      throw refuse(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    }
    const kept = Object.fromEntries(
      Object.entries(object.metadata).filter(([name]) => S3Object.ALLOWED_METADATA.includes(name) || name.startsWith('x-amz-meta-')));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(this.getResourcePath(object.bucket, object.key, 'metadata.json'), JSON.stringify(kept));
    fs.writeFileSync(`${target}.md5`, md5);
    fs.renameSync(file, target);
    return { size, md5 };
  }

  /** Several of a folder may go at once, which s3rver's own removal of emptied folders takes for a fault. */
  async deleteObject(bucket, key) {
    for (const kind of ['object', 'object.md5', 'metadata.json']) fs.rmSync(this.getResourcePath(bucket, key, kind), { force: true });
    for (let at = path.dirname(key); at !== '.'; at = path.dirname(at)) {
      try {
        fs.rmdirSync(path.join(this.getBucketPath(bucket), at));
      } catch {
        return;
      }
    }
  }

  /** In the order of the keys' bytes, which is not that of a walk through folders; without a look at what a prefix or a start leave out. */
  async listObjects(bucket, { delimiter, startAfter = '', prefix = '', maxKeys = 1000 }) {
    if (delimiter) return super.listObjects(...arguments);
    const suffix = '._S3rver_object';
    const found = [];
    const walk = (dir, base) => {
      const entries = fs.readdirSync(dir, { withFileTypes: true })
        .filter(entry => entry.isDirectory() ? !entry.name.endsWith('_S3rver_uploads') : entry.name.endsWith(suffix))
        .map(entry => entry.isDirectory() ? { at: entry.name, key: `${base}${entry.name}/` } : { key: base + entry.name.slice(0, -suffix.length) })
        .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
      for (const { at, key } of entries) {
        if (found.length > maxKeys) return;
        if (!at) {
          if (key > startAfter && key.startsWith(prefix)) found.push(key);
        } else if ((key.startsWith(prefix) || prefix.startsWith(key)) && (key > startAfter || startAfter.startsWith(key))) {
          walk(path.join(dir, at), key);
        }
      }
    };
    walk(this.getBucketPath(bucket), '');
    const keys = found.slice(0, maxKeys);
    const metadata = await Promise.all(keys.map(key => this.getMetadata(bucket, key).catch(() => null)));
    return {
      objects: keys.map((key, i) => metadata[i] && new S3Object(bucket, key, null, metadata[i])).filter(Boolean),
      commonPrefixes: [],
      isTruncated: found.length > maxKeys,
    };
  }

  uploads(bucket) {
    return this.getResourcePath(bucket, undefined, 'uploads');
  }

  upload(bucket, uploadId) {
    const at = path.join(this.uploads(bucket), path.basename(uploadId));
    if (!fs.existsSync(path.join(at, 'metadata'))) throw refuse(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');
    return at;
  }

  async putPart(bucket, uploadId, partNumber, content) {
    const at = this.upload(bucket, uploadId);
    const headers = content.headers || {};
    const file = this.temporary();
    const { size, md5 } = await receive(content, file, headers);
    this.upload(bucket, uploadId);
    fs.writeFileSync(path.join(at, `${partNumber}.json`), JSON.stringify({ size, md5, sha256: headers[Sha256] }));
    fs.renameSync(file, path.join(at, `${partNumber}`));
    return { size, md5 };
  }

  parts(bucket, uploadId) {
    const at = this.upload(bucket, uploadId);
    return fs.readdirSync(at)
      .filter(name => /^[0-9]+$/.test(name))
      .map(name => ({ number: Number(name), file: path.join(at, name), ...JSON.parse(fs.readFileSync(path.join(at, `${name}.json`))) }))
      .sort((a, b) => a.number - b.number);
  }

  async putObjectMultipart(bucket, uploadId, asked) {
    const at = this.upload(bucket, uploadId);
    const there = new Map(this.parts(bucket, uploadId).map(part => [part.number, part]));
    const parts = asked.map(({ number, etag }) => {
      const part = there.get(number);
      if (!part || part.md5 !== etag) throw refuse(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
      return part;
    });
    const file = this.temporary();
    // The first part becomes the object's beginning; the others are appended.
    fs.renameSync(parts[0].file, file);
    for (const part of parts.slice(1)) {
      await pipeline(fs.createReadStream(part.file, { highWaterMark: 1 << 20 }), fs.createWriteStream(file, { flags: 'a', highWaterMark: 1 << 20 }));
      fs.unlinkSync(part.file);
    }
    const all = (algorithm, digests) => crypto.createHash(algorithm).update(Buffer.concat(digests));
    const md5 = `${all('md5', parts.map(part => Buffer.from(part.md5, 'hex'))).digest('hex')}-${parts.length}`;
    const metadata = JSON.parse(fs.readFileSync(path.join(at, 'metadata')));
    if (parts.every(part => part.sha256))
      metadata[Sha256] = `${all('sha256', parts.map(part => Buffer.from(part.sha256, 'base64'))).digest('base64')}-${parts.length}`;
    const key = fs.readFileSync(path.join(at, 'key'), 'utf8');
    const written = this.publish({ bucket, key, metadata }, file, { size: fs.statSync(file).size, md5 }, false);
    fs.rmSync(at, { recursive: true });
    return written;
  }
}

const app = new S3rver({ address: '127.0.0.1', port: Number(port), directory: folder, silent: true, vhostBuckets: false });
app.store = app.context.store = new Store(folder);

const xml = text => text.replace(/[<>&'"\r]/g, c => `&#${c.charCodeAt(0)};`);
const xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

function listParts(bucket, key, uploadId) {
  const upload = app.store.upload(bucket, uploadId);
  const parts = app.store.parts(bucket, uploadId).map(({ number, size, md5, sha256, file }) =>
    `<Part><PartNumber>${number}</PartNumber><LastModified>${fs.statSync(file).mtime.toISOString()}</LastModified><ETag>&quot;${md5}&quot;</ETag>` +
    `<Size>${size}</Size>${sha256 ? `<ChecksumSHA256>${sha256}</ChecksumSHA256>` : ''}</Part>`);
  return `<ListPartsResult ${xmlns}><Bucket>${bucket}</Bucket><Key>${xml(key)}</Key><UploadId>${path.basename(upload)}</UploadId>` +
    `<IsTruncated>false</IsTruncated>${parts.join('')}</ListPartsResult>`;
}

function listUploads(bucket, prefix) {
  const at = app.store.uploads(bucket);
  const found = (fs.existsSync(at) ? fs.readdirSync(at) : [])
    .filter(id => fs.existsSync(path.join(at, id, 'metadata')))
    .map(id => ({ id, key: fs.readFileSync(path.join(at, id, 'key'), 'utf8'), time: fs.statSync(path.join(at, id, 'key')).mtime.toISOString() }))
    .filter(upload => upload.key.startsWith(prefix))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.time < b.time ? -1 : 1));
  const uploads = found.map(({ id, key, time }) => `<Upload><Key>${xml(key)}</Key><UploadId>${id}</UploadId><Initiated>${time}</Initiated></Upload>`);
  return `<ListMultipartUploadsResult ${xmlns}><Bucket>${bucket}</Bucket><Prefix>${xml(prefix)}</Prefix><IsTruncated>false</IsTruncated>` +
    `${uploads.join('')}</ListMultipartUploadsResult>`;
}

async function additions(ctx, next) {
  const [bucket, ...segments] = ctx.path.slice(1).split('/').map(decodeURIComponent);
  const key = segments.join('/');
  const { method, query } = ctx;
  if ((method === 'GET' || method === 'DELETE') && !fs.existsSync(path.join(folder, bucket)))
    throw refuse(404, 'NoSuchBucket', 'The specified bucket does not exist');
  if (method === 'GET' && !key && 'uploads' in query) {
    ctx.type = 'application/xml';
    ctx.body = listUploads(bucket, query.prefix || '');
  } else if (method === 'GET' && key && 'uploadId' in query) {
    ctx.type = 'application/xml';
    ctx.body = listParts(bucket, key, query.uploadId);
  } else if (method === 'DELETE' && key && 'uploadId' in query) {
    fs.rmSync(app.store.upload(bucket, query.uploadId), { recursive: true });
    ctx.status = 204;
  } else {
    await next();
    const sha256 = ctx.headers[Sha256];
    if (method === 'PUT' && sha256) ctx.set(Sha256, sha256);
    if (method !== 'GET' && method !== 'HEAD') return;
    if (ctx.headers['x-amz-checksum-mode'] !== 'ENABLED' || ctx.status === 206) ctx.remove(Sha256);
    else if (bare && ctx.response.get(Sha256)) ctx.set(Sha256, ctx.response.get(Sha256).split('-')[0]);
    const match = ctx.headers['if-match'];
    if (match && key && ctx.status < 300 && ctx.response.get('etag') !== match) {
      if (ctx.body && ctx.body.destroy) ctx.body.destroy();
      throw refuse(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    }
  }
}

// s3rver hands the store an object made of the request's headers; the conditions among them are kept for it.
const objects = require('s3rver/lib/controllers/object');
const putObject = objects.putObject;
objects.putObject = ctx => {
  const store = ctx.store;
  ctx.store = new Proxy(store, {
    get: (target, name) => name === 'putObject'
      ? object => target.putObject(Object.assign(object, { headers: ctx.headers }))
      : typeof target[name] === 'function' ? target[name].bind(target) : target[name],
  });
  return putObject(ctx);
};

// Before the router, behind what turns errors and objects into XML.
app.middleware.splice(app.middleware.length - 1, 0, additions);
if (log !== null)
  app.middleware.unshift(async (ctx, next) => {
    const write = status => fs.writeSync(log, `${ctx.method} ${ctx.url} ${status}\n`);
    try {
      await next();
      write(ctx.status);
    } catch (e) {
      write(e.status || 500);
      throw e;
    }
  });

app.run().then(() => console.log('listening'));
