using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>Asks agents on other machines to stop, through the store.</summary>
public static class StopMarks
{
    private const int AtOnce = 32;

    /// <summary>Leaves the marks that are not there.</summary>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public static async Task WriteAsync(IStore store, IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        foreach (var some in attempts.Chunk(AtOnce))
            await Task.WhenAll(some.Select(attempt => store.TryCreateAsync(AttemptKeys.StopMark(attempt), ReadOnlyMemory<byte>.Empty, cancellationToken)));
    }
}
