using System.Runtime.CompilerServices;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.App.Logs;

/// <summary>Reads a run's output, also while the run prints it.</summary>
/// <param name="services">The services of this home.</param>
public sealed class LogReader(Services services)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RemotePause = TimeSpan.FromSeconds(2);

    // A server follows many logs at a time.
    private static readonly TimeSpan SharedPause = TimeSpan.FromSeconds(1);

    /// <summary>Opens the log of a run.</summary>
    /// <param name="request">Which part of which log.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The log; or NotFound: the prefix matches no single run, the run has no such attempt, or its files are elsewhere.</returns>
    public async Task<Outcome<RunLog>> OpenAsync(LogRequest request, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveRunAsync(request.Run, cancellationToken)).Succeeded(out var run, out var refusal)) return refusal;
        var number = request.Attempt ?? run.Attempts;
        if (number < 1 || number > run.Attempts)
        {
            var count = run.Attempts == 1 ? "1 attempt" : $"{run.Attempts} attempts";
            return Refusal.NotFound($"{run.Id} has had {count}; there is no attempt {number}");
        }

        var group = (await services.Ledger.FindGroupAsync(RunNames.GroupOf(run.Id), cancellationToken))!;
        if (!services.StoreOf(group).Succeeded(out var store, out refusal)) return refusal;
        var tail = request.Tail is { } lines
            ? await LogTail.FindAsync(store, KeyOf(run.Id, number), lines, request.IsRaw, cancellationToken)
            : new LogTail(0, request.Skip);
        var isRemote = !group.Spec.IsLocal;
        return new RunLog(token => ReadAsync(run.Id, store, number, tail, isRemote, request, token));
    }

    private async IAsyncEnumerable<LogUpdate> ReadAsync(
        string run, IStore store, int number, LogTail tail, bool isRemote, LogRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (reported, reconciledAt) = ((string?)null, (long?)null);
        var cursor = new Cursor(request.IsRaw, tail);
        while (true)
        {
            // Reading the state before the output makes sure that no output from before the end is missed. Another machine's scheduler
            // is asked less often than the log is read.
            if (request.Observes && (reconciledAt is null || !isRemote || services.Time.GetElapsedTime(reconciledAt.Value) > RemotePause))
            {
                var round = await services.Controller.ReconcileAsync(cancellationToken);
                if (round.Faults is [var fault, ..] && fault.Detail != reported) yield return new LogUpdate.Fault(reported = fault.Detail);
                reconciledAt = services.Time.GetTimestamp();
            }

            var attempts = await services.Ledger.ListAttemptsAsync(run, cancellationToken);
            var ended = attempts[number - 1].State.IsFinal();
            var from = cursor.Offset;
            await foreach (var output in ReadNewAsync(store, KeyOf(run, number), cursor, !request.Follow || ended, cancellationToken))
                yield return output;
            // What failed before the agent started has no log: its reason says where its output is.
            if (ended && cursor.Offset == 0 && attempts[number - 1].Reason.Words() is { } reason)
                yield return new LogUpdate.NoOutput(RunNames.Attempt(run, number), reason);
            if (!request.Follow) yield break;
            if (ended && attempts.Count > number)
            {
                yield return new LogUpdate.NextAttempt(number, attempts[number - 1].State);
                (number, cursor) = (number + 1, new Cursor(request.IsRaw, LogTail.All));
            }
            else if (ended) yield break;
            else if (cursor.Offset == from)
            {
                yield return new LogUpdate.CaughtUp(cursor.Assembler.Waiting());
                await Task.Delay(request.Observes ? Pause : SharedPause, services.Time, cancellationToken);
            }
        }
    }

    // Reads what was written since the last call, and at the end also a last line without a line break.
    private static async IAsyncEnumerable<LogUpdate> ReadNewAsync(
        IStore store, string key, Cursor cursor, bool isAtEnd, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = new List<LogText>();
        await using (var stream = await store.OpenSegmentsAsync(key, cursor.Offset, cancellationToken))
        {
            var records = new LogRecords(stream);
            while (await records.ReadAsync((record, _) => cursor.Assembler.Add(record, lines), cancellationToken))
            {
                if (cursor.Skip.Apply(lines) is { Count: > 0 } shown) yield return new LogUpdate.Output(shown);
                lines = [];
            }

            cursor.Offset += records.ReadBytes;
        }

        if (!isAtEnd) yield break;
        cursor.Assembler.End(lines);
        if (cursor.Skip.Apply(lines) is { Count: > 0 } rest) yield return new LogUpdate.Output(rest);
    }

    private static string KeyOf(string run, int number) => AttemptKeys.Log(RunNames.Attempt(run, number));

    // How far a log has been read.
    private sealed class Cursor(bool isRaw, LogTail tail)
    {
        public long Offset { get; set; } = tail.Offset;

        public LogAssembler Assembler { get; } = new(isRaw);

        public LineSkip Skip { get; } = new(tail.Skip);
    }
}

/// <summary>Which part of which log to read.</summary>
/// <param name="Run">A prefix of the run's id.</param>
/// <param name="Attempt">The attempt, counted from 1; null for the latest.</param>
/// <param name="Tail">How many lines from the end; null for all.</param>
/// <param name="Follow">True to continue until the run has ended, through all its attempts.</param>
/// <param name="IsRaw">True for lines as the script wrote them; false for what a terminal shows of them in the end, as plain text.</param>
public sealed record LogRequest(string Run, int? Attempt = null, int? Tail = null, bool Follow = false, bool IsRaw = false)
{
    /// <summary>How many lines to leave out at the beginning, for who has read them already; no effect with <see cref="Tail"/>.</summary>
    public long Skip { get; init; }

    /// <summary>False when another part of the process runs the control loop, so that reading a log need not do so; default true.</summary>
    public bool Observes { get; init; } = true;
}

/// <summary>A run's log, from the requested offset.</summary>
/// <param name="read">Reads the log.</param>
public sealed class RunLog(Func<CancellationToken, IAsyncEnumerable<LogUpdate>> read)
{
    /// <summary>Reads the log: to its present end, or, when following, to the run's end. Memory does not grow with the log.</summary>
    public IAsyncEnumerable<LogUpdate> ReadAsync(CancellationToken cancellationToken) => read(cancellationToken);
}

/// <summary>The next part of a log.</summary>
public abstract record LogUpdate
{
    private LogUpdate()
    {
    }

    /// <summary>Lines that the run or the agent printed.</summary>
    /// <param name="Lines">The lines, at least one.</param>
    public sealed record Output(IReadOnlyList<LogText> Lines) : LogUpdate;

    /// <summary>The run's target or store can't be observed now; reading continues and tries again.</summary>
    /// <param name="Message">Why.</param>
    public sealed record Fault(string Message) : LogUpdate;

    /// <summary>An attempt has ended, and the next one's output follows.</summary>
    /// <param name="Ended">The attempt that ended, counted from 1.</param>
    /// <param name="State">How it ended.</param>
    public sealed record NextAttempt(int Ended, AttemptState State) : LogUpdate;

    /// <summary>An attempt has ended and has no log.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Reason">Why it ended.</param>
    public sealed record NoOutput(string Attempt, string Reason) : LogUpdate;

    /// <summary>Everything that was printed so far has been read. A host that buffers its output writes it now.</summary>
    /// <param name="Unfinished">What stands on lines that have not ended, such as a progress bar.</param>
    public sealed record CaughtUp(IReadOnlyList<LogText> Unfinished) : LogUpdate;
}

/// <summary>Leaves out the first lines.</summary>
/// <param name="lines">How many.</param>
internal sealed class LineSkip(long lines)
{
    private long _left = lines;
    private bool _isSkipping;

    /// <summary>The lines and pieces that are not left out.</summary>
    public IReadOnlyList<LogText> Apply(IReadOnlyList<LogText> texts) => _left == 0 && !_isSkipping ? texts : [.. texts.Where(IsShown)];

    private bool IsShown(LogText text)
    {
        if (text.Starts)
        {
            _isSkipping = _left > 0;
            if (_isSkipping) _left--;
        }

        return !_isSkipping;
    }
}
