using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tenfold.Core.Store;

namespace Tenfold.Core.Attempts;

/// <summary>
/// Asks agents to stop, through the store. The control loop writes the marks before it calls any backend, even one that is offline. Agents
/// obey the marks, and targets only read them.
/// </summary>
public static class StopMarks
{
    private const int WritesAtOnce = 32;

    /// <summary>
    /// Writes a mark for each attempt that has none. The content of a mark is the time of the first request, which later calls keep.
    /// </summary>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public static async Task WriteAsync(
        IStore store, IReadOnlyList<string> attempts, TimeProvider time, CancellationToken cancellationToken)
    {
        var text = Encoding.ASCII.GetBytes(time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        foreach (var chunk in attempts.Chunk(WritesAtOnce))
            await Task.WhenAll(chunk.Select(attempt => store.TryCreateAsync(AttemptKeys.StopMark(attempt), text, cancellationToken)));
    }

    /// <summary>Reads when an attempt was first asked to stop.</summary>
    /// <returns>Null when the attempt has no mark, or a mark of an older version, which has no time.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public static async Task<DateTimeOffset?> ReadTimeAsync(IStore store, string attempt, CancellationToken cancellationToken)
    {
        var text = await store.ReadAsync(AttemptKeys.StopMark(attempt), cancellationToken);
        return Utf8Parser.TryParse(text, out long milliseconds, out _) ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }
}
