using System.Net;
using System.Xml.Linq;

namespace Tenfold.Aws.Double.SageMaker;

/// <summary>Copies between folders and the S3 server, as SageMaker does around a training job.</summary>
internal sealed class S3Files(Account account) : IDisposable
{
    private readonly HttpClient _client = new();

    /// <summary>The keys below a prefix, in the order of their bytes.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string bucket, string prefix)
    {
        if (account.Options.S3Endpoint is not { } endpoint) return [];
        var keys = new List<string>();
        string? token = null;
        do
        {
            var query = $"list-type=2&prefix={Uri.EscapeDataString(prefix)}" +
                (token is null ? "" : $"&continuation-token={Uri.EscapeDataString(token)}");
            using var answer = await _client.GetAsync($"{endpoint}/{bucket}?{query}");
            if (answer.StatusCode == HttpStatusCode.NotFound) return [];
            var page = XDocument.Parse(await answer.Content.ReadAsStringAsync()).Descendants();
            keys.AddRange(page.Where(e => e.Name.LocalName == "Key").Select(e => e.Value));
            token = page.FirstOrDefault(e => e.Name.LocalName == "NextContinuationToken")?.Value;
        }
        while (token is not null);
        return keys;
    }

    /// <summary>Downloads everything below a prefix; returns the number of files.</summary>
    public async Task<int> DownloadAsync(string uri, string folder)
    {
        var (bucket, prefix) = Split(uri);
        var files = 0;
        foreach (var key in await ListAsync(bucket, prefix))
        {
            if (key.EndsWith('/')) continue;
            var name = key == prefix ? key[(key.LastIndexOf('/') + 1)..] : key[prefix.Length..].TrimStart('/');
            var file = $"{folder}/{name}";
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await using var content = await _client.GetStreamAsync(UrlOf(bucket, key));
            await using var target = File.Create(file);
            await content.CopyToAsync(target);
            files++;
        }
        return files;
    }

    public async Task UploadAsync(string uri, string file)
    {
        if (account.Options.S3Endpoint is null) return;
        var (bucket, key) = Split(uri);
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(file));
        using var answer = await _client.PutAsync(UrlOf(bucket, key), content);
        answer.EnsureSuccessStatusCode();
    }

    public async Task DeleteAsync(string uri)
    {
        if (account.Options.S3Endpoint is null) return;
        var (bucket, key) = Split(uri);
        using var answer = await _client.DeleteAsync(UrlOf(bucket, key));
    }

    public void Dispose() => _client.Dispose();

    private static (string Bucket, string Key) Split(string uri) =>
        uri["s3://".Length..].Split('/', 2) is [var bucket, var key] ? (bucket, key) : (uri[5..], "");

    private string UrlOf(string bucket, string key) =>
        $"{account.Options.S3Endpoint}/{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
}
