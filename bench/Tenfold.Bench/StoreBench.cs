using Tenfold.Aws.S3;

namespace Tenfold.Bench;

/// <summary>Sends a file to a store in S3, or fetches one, as the program does.</summary>
internal static class StoreBench
{
    public static async Task PutAsync(string url, string key, string file)
    {
        using var store = S3Store.Open(url);
        await store.PutFileAsync(key, file, move: false, CancellationToken.None);
    }

    public static async Task GetAsync(string url, string key, string file)
    {
        using var store = S3Store.Open(url);
        await using var stream = await store.OpenReadAsync(key, CancellationToken.None) ?? throw new FileNotFoundException(key);
        await using var target = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        await stream.CopyToAsync(target, 1 << 18);
    }
}
