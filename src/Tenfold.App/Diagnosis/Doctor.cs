using Tenfold.App.Fitting;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Projects;
using Tenfold.Reports.Text;

namespace Tenfold.App.Diagnosis;

/// <summary>
/// Checks what runs depend on: the home, the ledger, the agent, the project's store, data and targets, and installed programs.
/// </summary>
/// <param name="services">The services of this home.</param>
public sealed class Doctor(Services services)
{
    private const long MinFreeBytes = 1_000_000_000;

    /// <summary>Runs every check.</summary>
    /// <param name="folder">The folder whose project is checked. Without a project there, only the machine is checked.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<Check>> RunAsync(string folder, CancellationToken cancellationToken)
    {
        var checks = new List<Check> { Home() };
        if (checks[0].State == CheckState.Ok) checks.AddRange([Space(), .. await CheckLedgerAsync(cancellationToken), Agent()]);
        checks.AddRange(await CheckProjectAsync(folder, cancellationToken));
        checks.AddRange(ProgramChecks.Run(services.SearchPath));
        return checks;
    }

    private Check Home()
    {
        try
        {
            Directory.CreateDirectory(services.Home);
            var probe = Path.Combine(services.Home, $".probe.{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return Check.Ok("home", services.Home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Check.Wrong("home", $"{services.Home} can't be written ({e.Message})", "set TENFOLD_HOME to a writable folder");
        }
    }

    private Check Space()
    {
        var free = new DriveInfo(services.Home).AvailableFreeSpace;
        return free < MinFreeBytes
            ? Check.Wrong("disk", $"only {Numbers.Size(free)} free at {services.Home}", "free some, or set TENFOLD_HOME to another disk")
            : Check.Ok("disk", $"{Numbers.Size(free)} free");
    }

    private async Task<IReadOnlyList<Check>> CheckLedgerAsync(CancellationToken cancellationToken)
    {
        try
        {
            var round = await services.Controller.ReconcileAsync(cancellationToken);
            var state = $"{services.Database.Place}, {Numbers.Count(round.Live, "attempt")} not ended";
            var ledger = services.Database.Weakness is { } weakness
                ? Check.Wrong("ledger", $"{state}; {weakness}") : Check.Ok("ledger", state);
            return [ledger, .. round.Faults.Select(fault => Check.Wrong("runs", $"{fault}")),
                .. round.NotStarted.Select(work => Check.Wrong("runs", $"{work}"))];
        }
        catch (LedgerException e)
        {
            return [Check.Wrong("ledger", e.Message)];
        }
    }

    private Check Agent()
    {
        if (!services.Queue.HasAgent()) return Check.Ok("agent", "not running; it starts when there is work");
        var (running, waiting) = (services.Queue.Running().Count, services.Queue.Waiting().Count);
        return Check.Ok("agent", $"{running} running, {waiting} waiting; the agent ends when they are done");
    }

    private async Task<IReadOnlyList<Check>> CheckProjectAsync(string folder, CancellationToken cancellationToken)
    {
        if (ProjectFinder.Find(folder) is not { } file) return [];
        LocatedProject? located = null;
        var project = services.Projects.Open(Path.GetDirectoryName(file)!).Match(
            found => Check.Ok("project", $"{(located = found).Project.Name}, {file}"),
            faults => Check.Wrong("project", string.Join("; ", faults), "correct tenfold.yaml"));
        if (located is null) return [project];
        var checks = new List<Check> { project };
        checks.Add(await CheckStoreAsync("store", () => services.Targets.StoreUrl(located), cancellationToken));
        foreach (var (channel, location) in located.Project.Train.Data)
        {
            if (location.IsS3) checks.Add(await CheckDataAsync(channel, location.Text, cancellationToken));
        }

        foreach (var name in located.Project.Targets.Keys)
        {
            if (name != TargetSettings.LocalKind) checks.AddRange(await CheckTargetAsync(located, name, cancellationToken));
        }

        checks.AddRange(await StackChecks.RunAsync(located.Project.Targets.Values, services, cancellationToken));
        return checks;
    }

    private async Task<Check> CheckStoreAsync(string what, Func<string?> findUrl, CancellationToken cancellationToken)
    {
        try
        {
            var url = findUrl();
            return await services.Stores.CheckAsync(url, cancellationToken) is { } refusal
                ? Check.Wrong(what, refusal.Message)
                : Check.Ok(what, url ?? services.Stores.Home.Url);
        }
        catch (StoreException e)
        {
            return Check.Wrong(what, e.Message);
        }
    }

    private async Task<Check> CheckDataAsync(string channel, string url, CancellationToken cancellationToken)
    {
        var what = $"data {channel}";
        try
        {
            return (await new ChannelPinner(services).ListAsync(url, cancellationToken)).Match(
                pinned => Check.Ok(what, Describe(pinned.Manifest.Files.Count, pinned.Manifest.Files.Sum(file => file.SizeBytes))),
                refused => Check.Wrong(what, refused.Fault));
        }
        catch (StoreException e)
        {
            return Check.Wrong(what, e.Message);
        }

        string Describe(int count, long sizeBytes) => $"{url}, {Numbers.Count(count, "object")}, {Numbers.Size(sizeBytes)}";
    }

    private async Task<IReadOnlyList<Check>> CheckTargetAsync(LocatedProject located, string name, CancellationToken cancellationToken)
    {
        var what = $"target {name}";
        try
        {
            var plan = await services.Targets.PlanAsync(located, name, cancellationToken);
            if (!plan.Succeeded(out var planned, out var refusal)) return [Check.Wrong(what, refusal.Message)];
            List<Check> reached = [Check.Ok(what, $"{planned.Spec.Kind}, {planned.Spec.Place}")];
            // A target of a project that names no store may bring its own.
            if (located.Project.Store is null && planned.StoreUrl is { } url)
                reached.Add(await CheckStoreAsync($"{what}: store", () => url, cancellationToken));
            reached.AddRange(await InstanceChecks.RunAsync(planned, located.Project.Name, services, cancellationToken));
            if (planned.Target is not IChecksAccess checks) return reached;
            return
            [
                .. reached,
                .. (await checks.CheckAccessAsync(cancellationToken)).Select(check =>
                {
                    var part = $"{what}: {check.What}";
                    return check.Fix is null ? Check.Ok(part, check.Detail) : Check.Wrong(part, check.Detail, check.Fix);
                }),
            ];
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return [Check.Wrong(what, e.Message)];
        }
    }
}
