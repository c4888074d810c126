using Amazon.S3;
using Amazon.S3.Model;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Data;

namespace Tenfold.Aws.Tests.Origins;

/// <summary>A prefix of the test bucket that contains users' data under any keys.</summary>
internal sealed class Bucket(S3Server server) : IDisposable
{
    private readonly AmazonS3Client _client = S3Client.Create(new S3Options { Endpoint = server.Endpoint }, out _, out _);
    private readonly List<S3Origin> _origins = [];

    public string Prefix { get; } = Guid.NewGuid().ToString("N");

    public string Url => $"s3://{S3Server.Bucket}/{Prefix}";

    public async Task PutAsync(string key, byte[] content) =>
        await _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = S3Server.Bucket,
                Key = $"{Prefix}/{key}",
                InputStream = new MemoryStream(content),
                UseChunkEncoding = false
            });

    public Task PutAsync(string key, string content) => PutAsync(key, System.Text.Encoding.UTF8.GetBytes(content));

    public async Task RemoveAsync(string key) => await _client.DeleteObjectAsync(S3Server.Bucket, $"{Prefix}/{key}");

    /// <summary>The origin of the data below a path.</summary>
    public S3Origin Origin(string path = "/", string? endpoint = null)
    {
        var origin = new S3Origin(Url + path, new S3Options { Endpoint = endpoint ?? server.Endpoint });
        _origins.Add(origin);
        return origin;
    }

    public async Task<PinOutcome.Pinned> PinAsync(string path = "/") =>
        (await Origin(path).PinAsync(default)).Match(pinned => pinned, refused => throw new InvalidOperationException(refused.Fault));

    public async Task<string> RefusalAsync(string path = "/") =>
        (await Origin(path).PinAsync(default)).Match(_ => "", refused => refused.Fault);

    /// <summary>Downloads pinned data.</summary>
    public Task<string?> FetchAsync(DataManifest manifest, string place, string? endpoint = null) =>
        new OriginReader(Origin(manifest.Origin![Url.Length..], endpoint)).FetchAsync(manifest, place, default);

    /// <summary>Flips a bit of an object on the server's disk.</summary>
    public void Damage(string key)
    {
        using var file = File.Open($"{server.Data}/{Prefix}/{key}._S3rver_object", FileMode.Open);
        file.Position = file.Length / 2;
        var old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ 1));
    }

    public void Dispose()
    {
        foreach (var origin in _origins) origin.Dispose();
        _client.Dispose();
    }
}
