using Tenfold.Core.Store;

namespace Tenfold.App.Logs;

/// <summary>Where the last lines of a log begin.</summary>
/// <param name="Offset">The record with which reading begins. No line was unfinished there.</param>
/// <param name="Skip">How many lines from there are left out.</param>
internal sealed record LogTail(long Offset, long Skip)
{
    /// <summary>The whole log.</summary>
    public static readonly LogTail All = new(0, 0);

    /// <summary>Finds where the last <paramref name="lines"/> begin, as <see cref="LogAssembler"/> makes them.</summary>
    /// <remarks>It remembers at most one place for each of these lines.</remarks>
    public static async Task<LogTail> FindAsync(IStore store, string folder, int lines, bool isRaw, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenSegmentsAsync(folder, 0, cancellationToken);
        var records = new LogRecords(stream);
        var (assembler, texts) = (new LogAssembler(isRaw), new List<LogText>());
        var started = 0L;
        // Places at which no line is unfinished, with the number of lines before each.
        var checkpoints = new LinkedList<LogTail>([All]);
        while (await records.ReadAsync((record, end) =>
        {
            assembler.Add(record, texts);
            started += texts.Count(text => text.Starts);
            texts.Clear();
            if (!assembler.IsClean) return;
            if (checkpoints.Last!.Value.Skip == started) checkpoints.RemoveLast();
            checkpoints.AddLast(new LogTail(end, started));
            while (checkpoints.First!.Next is { } next && next.Value.Skip <= started - lines) checkpoints.RemoveFirst();
        }, cancellationToken))
        {
        }

        assembler.End(texts);
        started += texts.Count(text => text.Starts);
        var skipped = Math.Max(0, started - Math.Max(0, lines));
        var checkpoint = checkpoints.Last(one => one.Skip <= skipped);
        return new LogTail(checkpoint.Offset, skipped - checkpoint.Skip);
    }
}
