using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Failures;

/// <summary>Random content for large objects, and checks of what was stored.</summary>
internal static class LargeObject
{
    /// <summary>Creates a file of random bytes.</summary>
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

    /// <summary>The leftovers of killed or failed writers.</summary>
    public static async Task<List<IncompleteWrite>> LeftoversAsync(IIncompleteWrites store)
    {
        var found = new List<IncompleteWrite>();
        await foreach (var leftover in store.ListIncompleteAsync(DateTimeOffset.UtcNow.AddMinutes(5), default)) found.Add(leftover);
        return found;
    }
}
