using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Accidents;

/// <summary>Contents for large objects, and what became of them.</summary>
internal static class Blob
{
    /// <summary>A file of noise.</summary>
    public static (string Path, byte[] Content) File(TemporaryFolder folder, string name, int length, int seed = 1)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        System.IO.File.WriteAllBytes(folder[name], content);
        return (folder[name], content);
    }

    /// <summary>True when the object has exactly this content.</summary>
    public static async Task<bool> IsAsync(IStore store, string key, byte[] content)
    {
        await using var stream = await store.OpenReadAsync(key, default);
        var back = new MemoryStream();
        await stream!.CopyToAsync(back);
        return back.GetBuffer().AsSpan(0, (int)back.Length).SequenceEqual(content);
    }

    /// <summary>What killed or broken writers left.</summary>
    public static async Task<List<IncompleteWrite>> LeftoversAsync(IIncompleteWrites store)
    {
        var found = new List<IncompleteWrite>();
        await foreach (var leftover in store.ListIncompleteAsync(DateTimeOffset.UtcNow.AddMinutes(5), default)) found.Add(leftover);
        return found;
    }
}
