using Tenfold.Core.Store;

namespace Tenfold.App.Logs;

/// <summary>Finds where the last lines of a log begin.</summary>
internal static class LogTail
{
    /// <summary>The offset at which the last <paramref name="lines"/> lines begin.</summary>
    public static async Task<long> OffsetAsync(IStore store, string folder, int lines, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenSegmentsAsync(folder, 0, cancellationToken);
        var starts = new Queue<long>();
        var buffer = new byte[64 * 1024];
        long at = 0;
        var atStart = true;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0; at += read)
        {
            for (var i = 0; i < read; i++)
            {
                if (atStart) starts.Enqueue(at + i);
                if (starts.Count > Math.Max(1, lines)) starts.Dequeue();
                atStart = buffer[i] == '\n';
            }
        }

        return lines < 1 || starts.Count == 0 ? at : starts.Peek();
    }
}
