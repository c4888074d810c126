using System.Collections.Concurrent;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Ledger;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

namespace Tenfold.App.Sweeping.Workers;

/// <summary>
/// Runs the trials of a study in worker processes of the user (<see cref="WorkerProcess"/>): asks, reports, tells, and renews leases.
/// </summary>
/// <remarks>
/// Any number of processes may run trials of one study. A trial whose process is killed is lost when its lease ends, and another process
/// gets its point.
/// </remarks>
/// <param name="services">The services of this home.</param>
/// <param name="study">The study, whose trials the user runs.</param>
/// <param name="command">The program's path and its arguments.</param>
/// <param name="lease">How long a trial is kept after this process was killed.</param>
/// <param name="onNews">Shows what happens; called from several threads, one at a time.</param>
public sealed class TrialWorkers(
    Services services, StudyRecord study, IReadOnlyList<string> command, TimeSpan lease, Action<StudyRunNews> onNews) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly AskAndTell _study = new(services);
    private readonly TrialSuggester _suggester = new(study, SearchMethods.Create(study.Spec.Method));
    private readonly SemaphoreSlim _asking = new(1);
    private readonly ConcurrentDictionary<int, bool> _own = new();
    private readonly Lock _gate = new();
    private Reason? _why;
    private bool _isWaitShown;

    /// <summary>Finds the program that a command names.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="command">The command.</param>
    /// <returns>The program's path and the arguments; or Unavailable: there is no such program.</returns>
    public static Outcome<IReadOnlyList<string>> Find(Services services, IReadOnlyList<string> command)
    {
        var folder = services.Session.WorkingFolder ?? ".";
        var program = command[0].Contains('/') ? Path.GetFullPath(command[0], Path.GetFullPath(folder))
            : SearchPath.Find(command[0], services.SearchPath);
        if (program is not null && File.Exists(program)) return Outcome.Of<IReadOnlyList<string>>([program, .. command.Skip(1)]);
        return Refusal.Unavailable($"there is no program {command[0]}; name one that this shell finds: tenfold study run -- python …");
    }

    /// <summary>Runs trials until the study has no more.</summary>
    /// <param name="workers">How many worker processes; at least 1.</param>
    /// <param name="stop">Stops: workers get SIGTERM, and the points of trials without a result will be asked again.</param>
    /// <param name="kill">Kills the workers.</param>
    /// <returns>Why there are no more trials; null when it was stopped.</returns>
    public async Task<Reason?> RunAsync(int workers, CancellationToken stop, CancellationToken kill)
    {
        using var guard = ReplicaGuard.Start(services.SearchPath, services.Time);
        // A fault of one worker's loop, such as a ledger on a full disk, ends the others too.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var loops = Enumerable.Range(1, workers).Select(number => Task.Run(
            async () =>
            {
                var isDone = false;
                try
                {
                    await WorkAsync(number, guard, failed.Token, kill);
                    isDone = true;
                }
                catch (OperationCanceledException) when (failed.IsCancellationRequested)
                {
                    isDone = true; // Stopped while it asked.
                }
                finally
                {
                    if (!isDone) await failed.CancelAsync();
                }
            },
            CancellationToken.None));
        await Task.WhenAll(loops);
        if (stop.IsCancellationRequested) return null;
        var trials = await services.Studies.ListTrialsAsync(study.Id, CancellationToken.None);
        if (_why is { } why && trials.All(trial => trial.State != TrialState.Running))
            await services.Studies.ChangeStudyAsync(study.Id, StudyState.Finished, why, services.Time.GetUtcNow(), CancellationToken.None);
        return _why;
    }

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    private async Task WorkAsync(int number, ReplicaGuard guard, CancellationToken stop, CancellationToken kill)
    {
        WorkerProcess? worker = null;
        try
        {
            while (await AskAsync(stop) is { } trial)
            {
                TrialResult? result = null;
                while (result is null)
                {
                    if (worker is { HasEnded: true })
                    {
                        await worker.DisposeAsync();
                        worker = null;
                    }

                    try
                    {
                        worker ??= Start(number, guard);
                        result = await RunAsync(worker, trial, stop, kill);
                    }
                    catch (ProcessStartException e)
                    {
                        result = new TrialResult(trial.Number, [], Failure: e.Message);
                    }
                }

                await TellAsync(result);
            }
        }
        finally
        {
            if (worker is not null) await worker.DisposeAsync();
        }
    }

    private WorkerProcess Start(int number, ReplicaGuard guard)
    {
        var variables = PrivateVariables.Without(services.Environment);
        var module = WorkerFolder.Write(services.Home);
        variables["PYTHONPATH"] = variables.GetValueOrDefault("PYTHONPATH") is { Length: > 0 } path ? $"{module}:{path}" : module;
        // Python keeps what it writes to a pipe back, and would wait for an answer to a line that it has not sent.
        variables.TryAdd("PYTHONUNBUFFERED", "1");
        (variables["TENFOLD_STUDY"], variables["TENFOLD_WORKER"]) = (study.Id, $"{number}");
        var start = new ProcessStart
        {
            Program = command[0],
            Arguments = [.. command.Skip(1)],
            Environment = variables,
            Folder = services.Session.WorkingFolder,
        };
        return WorkerProcess.Start(start, guard, bytes => Show(new StudyRunNews.Errors(bytes)), services.Time);
    }

    private async Task<TrialResult?> RunAsync(WorkerProcess worker, TrialRecord trial, CancellationToken stop, CancellationToken kill)
    {
        using var ended = new CancellationTokenSource();
        var renewing = RenewAsync(trial.Number, ended.Token);
        try
        {
            return await worker.RunAsync(
                trial, study.Spec, text => Show(new StudyRunNews.Line(trial.Number, text)),
                report => ReportAsync(trial.Number, report), stop, kill);
        }
        finally
        {
            await ended.CancelAsync();
            await renewing;
        }
    }

    private async Task<Outcome<bool>> ReportAsync(int trial, WorkerLine.Report report)
    {
        var reported = await _study.ReportAsync(study.Id, trial, report.Step, report.Value, CancellationToken.None);
        return reported.Succeeded(out var advice, out var refusal) ? advice.Why is not null : refusal;
    }

    private async Task RenewAsync(int trial, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(lease / 3, services.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                try
                {
                    await services.Studies.TouchTrialAsync(study.Id, trial, lease: null, ended);
                }
                catch (LedgerException)
                {
                    // The next renewal may succeed, and a result counts even after the lease has ended.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The trial has ended.
        }
    }

    // The next trial; null when there is none.
    private async Task<TrialRecord?> AskAsync(CancellationToken stop)
    {
        while (true)
        {
            await _asking.WaitAsync(stop);
            try
            {
                var trials = await services.Studies.ListTrialsAsync(study.Id, stop);
                var failed = FirstFailures.Of(study.Spec, trials);
                if (failed is null && IsBatchOpen(trials))
                {
                    if (await _study.NextAsync(study, _suggester, lease, stop) is not { } next) return null;
                    if (next.Trial is { } trial)
                    {
                        _own[trial.Number] = true;
                        return trial;
                    }

                    _why = next.Why;
                    var others = trials.Where(one => one is { State: TrialState.Running, Lease: not null } && !_own.ContainsKey(one.Number))
                        .Select(one => one.Number).ToList();
                    if (others.Count == 0) return null;
                    if (_own.IsEmpty && !_isWaitShown) Show(new StudyRunNews.Waiting(others));
                    _isWaitShown |= _own.IsEmpty;
                }
                else if (failed is not null && _own.IsEmpty)
                {
                    _why = failed;
                    return null;
                }
            }
            finally
            {
                _asking.Release();
            }

            await Task.Delay(Pause, services.Time, stop);
        }
    }

    private bool IsBatchOpen(IReadOnlyList<TrialRecord> trials) =>
        !study.Spec.Synchronous || trials.All(trial => trial.State != TrialState.Running) || trials.Count % study.Spec.Parallel != 0;

    // Not cancelled: the result took long to compute.
    private async Task TellAsync(TrialResult result)
    {
        try
        {
            if (!(await _study.TellAsync(study.Id, result, CancellationToken.None)).Succeeded(out var told, out var refusal))
            {
                // For instance a value that is no number: the trial must not stay open.
                var failed = new TrialResult(result.Trial, [], Failure: refusal.Message);
                if (!(await _study.TellAsync(study.Id, failed, CancellationToken.None)).Succeeded(out told, out refusal))
                {
                    Show(new StudyRunNews.Untold(study.Id, result, refusal.Message));
                    return;
                }
            }

            Show(new StudyRunNews.Told(told.Trial));
        }
        catch (LedgerException e) when (IsShown(result, e))
        {
            // Never: the filter shows the result, and the exception goes on to the host.
        }
        finally
        {
            _own.TryRemove(result.Trial, out _);
        }
    }

    private bool IsShown(TrialResult result, LedgerException fault)
    {
        Show(new StudyRunNews.Untold(study.Id, result, fault.Message));
        return false;
    }

    private void Show(StudyRunNews news)
    {
        lock (_gate) onNews(news);
    }
}
