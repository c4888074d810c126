using Microsoft.Extensions.Logging;
using Tenfold.App.Targets;
using Tenfold.Core.Control;
using Tenfold.Core.Git;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;
using Tenfold.Projects;
using Tenfold.Projects.Schedules;

namespace Tenfold.App.Pushes.Schedules;

/// <summary>
/// Starts what is scheduled. What a schedule starts is recorded as a push, together with the time up to which the schedule has been
/// handled: so several servers start it once, and a server that is killed starts it once.
/// </summary>
/// <param name="services">The services of this home.</param>
/// <param name="repositories">The repositories of the server.</param>
/// <param name="logger">Where it logs.</param>
/// <param name="clock">The clock; null for that of the services.</param>
public sealed class ScheduleRounds(
    Services services, RepositoryAccess repositories, ILogger<ScheduleRounds> logger, TimeProvider? clock = null)
{
    // A new schedule is noticed so much later at most.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10), Rest = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time = clock ?? services.Time;
    private readonly ProjectReader _reader = new(TargetKinds.Declarations);
    private readonly SubmissionLease _lease = new(services.Ledger, PushRounds.LeaseName, LeaseHolder.New(), services.Time, logger);
    private readonly Dictionary<string, long> _read = [], _failed = [];

    /// <summary>Runs one round.</summary>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var known = await services.Pushes.ListSchedulesAsync(cancellationToken);
        var due = known.Where(schedule => DueOf(schedule, now).Newest is not null).Select(schedule => schedule.Repository).ToHashSet();
        var wanted = repositories.Names
            .Where(name => (due.Contains(name) || !IsWithin(_read, name, Lifetime)) && !IsWithin(_failed, name, Rest)).ToList();
        // Git works in one folder for each repository, where pushes are planned too.
        if (wanted.Count == 0 || await _lease.TryAcquireAsync(cancellationToken) is not { } lease) return;
        try
        {
            foreach (var name in wanted)
                await _lease.RunWithRenewalAsync(lease, async token => await RunAsync(name, token), cancellationToken);
        }
        finally
        {
            await services.Ledger.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private async Task<string> RunAsync(string repository, CancellationToken cancellationToken)
    {
        try
        {
            await ProceedAsync(repository, cancellationToken);
            _failed.Remove(repository);
        }
        catch (Exception e) when (e is not (LedgerException or OperationCanceledException))
        {
            // A host that is away must not keep the schedules of other repositories from starting. What is due stays due.
            logger.SchedulesPostponed(repository, e);
            _failed[repository] = _time.GetTimestamp();
        }

        return repository;
    }

    private async Task ProceedAsync(string repository, CancellationToken cancellationToken)
    {
        if (repositories.OpenMirror(repository) is not { } mirror) return;
        var branch = await mirror.FindDefaultBranchAsync(cancellationToken);
        var commit = branch is null ? null : await mirror.FetchAsync(new PushRef(branch), cancellationToken);
        var known = await services.Pushes.ListSchedulesAsync(cancellationToken);
        var schedules = commit is null ? [] : await ReadAsync(repository, mirror, commit, known, cancellationToken);
        await services.Pushes.SaveSchedulesAsync(repository, schedules, cancellationToken);
        _read[repository] = _time.GetTimestamp();
        if (commit is null) return;
        foreach (var schedule in await services.Pushes.ListSchedulesAsync(cancellationToken))
            if (schedule.Repository == repository) await StartAsync(schedule, branch!, commit, cancellationToken);
    }

    private async Task<List<ScheduleRecord>> ReadAsync(
        string repository, GitMirror mirror, string commit, IReadOnlyList<ScheduleRecord> known, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var found = new List<ScheduleRecord>();
        foreach (var file in await mirror.ListFilesAsync(commit, cancellationToken))
        {
            if (Path.GetFileName(file) != ProjectFinder.FileName) continue;
            if (await mirror.ReadAsync(commit, file, cancellationToken) is not { } text) continue;
            var folder = Path.GetDirectoryName(file) ?? "";
            // What a file with faults had scheduled stays scheduled, and then fails with them.
            var before = known.FirstOrDefault(one => one.Repository == repository && one.Folder == folder);
            var schedule = _reader.Read(text, file).Match(project => project.On?.Schedule is { } trigger ? new ScheduleRecord
            {
                Repository = repository,
                Folder = folder,
                Cron = trigger.Cron,
                Zone = trigger.Zone,
                Work = trigger.Work,
                HandledAt = now,
            } : null, _ => before);
            if (schedule is not null) found.Add(schedule);
        }

        return found;
    }

    private async Task StartAsync(ScheduleRecord schedule, string branch, string commit, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (DueOf(schedule, now) is not { Newest: { } due } times) return;
        var push = new PushRecord
        {
            Id = RunNames.NewGroup(),
            Repository = schedule.Repository,
            Ref = new PushRef(branch) { Schedule = schedule.Folder },
            Commit = commit,
            ReceivedAt = services.Time.GetUtcNow(),
        };
        var handled = schedule with { HandledAt = now, LastDueAt = due, Missed = times.Missed, Push = push.Id };
        if (await services.Pushes.StartScheduledAsync(schedule, handled, push, cancellationToken))
            logger.ScheduleStarted(schedule.Repository, schedule.Folder, push.Id, due, times.Missed);
    }

    private static (DateTimeOffset? Newest, int Missed) DueOf(ScheduleRecord schedule, DateTimeOffset now) =>
        CronTimes.Find(schedule.Cron, schedule.Zone)?.Between(schedule.HandledAt, now) ?? (null, 0);

    private bool IsWithin(Dictionary<string, long> since, string name, TimeSpan time) =>
        since.TryGetValue(name, out var at) && _time.GetElapsedTime(at) < time;
}
