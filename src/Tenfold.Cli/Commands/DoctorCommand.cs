using System.CommandLine;
using Tenfold.Agent.Preparation;
using Tenfold.Cli.Fitting;
using Tenfold.Cli.Output;
using Tenfold.Cli.Reports;
using Tenfold.Core.Ledger;
using Tenfold.Core.Projects;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold doctor</c>: what is set up, what is wrong, and how to mend it.</summary>
internal static class DoctorCommand
{
    private const long LittleSpace = 1_000_000_000;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var json = Shared.Json();
        return new Command("doctor", "Check that this machine can do what is asked of it.".WithExample("tenfold doctor")) { json }
            .Does(async (parsed, place, cancellationToken) =>
            {
                var checks = new List<CheckView> { Home(place) };
                if (checks[0].State == "ok") checks.AddRange([Space(place), await LedgerAsync(place, cancellationToken), Agent(place)]);
                checks.AddRange(await ProjectAsync(place, cancellationToken));
                checks.AddRange(Tools());
                if (parsed.GetValue(json)) Json.Write(checks, ViewJson.Default.IReadOnlyListCheckView);
                else
                {
                    var table = new TextTable("CHECK", "STATE", "DETAIL");
                    foreach (var check in checks) table.Add(check.What, check.State, check.Mend is null ? check.Detail : $"{check.Detail}: {check.Mend}");
                    table.Write(Console.Out);
                }

                return checks.Any(check => check.State == "wrong") ? ExitCodes.RunFailed : ExitCodes.Success;
            });
    }

    private static CheckView Home(Workplace place)
    {
        try
        {
            Directory.CreateDirectory(place.Home);
            var probe = Path.Combine(place.Home, $".probe.{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new CheckView("home", "ok", place.Home, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CheckView("home", "wrong", $"{place.Home} can't be written ({e.Message})", "set TENFOLD_HOME to a folder that can");
        }
    }

    private static CheckView Space(Workplace place)
    {
        var free = new DriveInfo(place.Home).AvailableFreeSpace;
        return free < LittleSpace
            ? new CheckView("disk", "wrong", $"only {Numbers.Size(free)} free at {place.Home}", "free some, or set TENFOLD_HOME to another disk")
            : new CheckView("disk", "ok", $"{Numbers.Size(free)} free", null);
    }

    private static async Task<CheckView> LedgerAsync(Workplace place, CancellationToken cancellationToken)
    {
        try
        {
            var live = (await place.Controller.RoundAsync(cancellationToken)).Live;
            return new CheckView("ledger", "ok", $"{place.Database.Place}, {Numbers.Count(live, "attempt")} not ended", null);
        }
        catch (Exception e) when (e is LedgerException or StoreException)
        {
            return new CheckView("ledger", "wrong", e.Message, null);
        }
    }

    private static CheckView Agent(Workplace place) => place.Queue.HasAgent()
        ? new CheckView("agent", "ok", $"runs {place.Queue.Running().Count}, {place.Queue.Waiting().Count} waiting; it leaves when they are done", null)
        : new CheckView("agent", "ok", "not needed now; it starts when there is work", null);

    private static async Task<IReadOnlyList<CheckView>> ProjectAsync(Workplace place, CancellationToken cancellationToken)
    {
        if (ProjectFinder.Find(".") is not { } file) return [];
        LocatedProject? located = null;
        var project = ProjectFinder.Open(Path.GetDirectoryName(file)!).Match(
            found => new CheckView("project", "ok", $"{(located = found).Project.Name}, {file}", null),
            faults => new CheckView("project", "wrong", string.Join("; ", faults), "mend tenfold.yaml"));
        if (located is null) return [project];
        var checks = new List<CheckView> { project };
        if (located.Project.Store is not null) checks.Add(await StoreAsync(place, located, cancellationToken));
        foreach (var (channel, location) in located.Project.Train.Data.Where(data => data.Value.IsS3)) checks.Add(await DataAsync(place, channel, location.Text, cancellationToken));
        foreach (var name in located.Project.Targets.Keys.Where(name => name != "local")) checks.Add(await TargetAsync(place, located, name, cancellationToken));
        return checks;
    }

    private static async Task<CheckView> StoreAsync(Workplace place, LocatedProject located, CancellationToken cancellationToken)
    {
        try
        {
            var url = Places.StoreUrl(located);
            var isAtomic = await place.Stores.CreatesAtomicallyAsync(url, cancellationToken);
            return isAtomic
                ? new CheckView("store", "ok", url, null)
                : new CheckView("store", "wrong", $"{url} is on a server without conditional writes (If-None-Match)", "of two jobs that begin one attempt at once, both may stand back; use a server that has them, or a folder");
        }
        catch (StoreException e)
        {
            return new CheckView("store", "wrong", e.Message, null);
        }
    }

    private static async Task<CheckView> DataAsync(Workplace place, string channel, string url, CancellationToken cancellationToken)
    {
        try
        {
            return (await new ChannelPins(place).LookAsync(url, cancellationToken)).Match(
                pinned => new CheckView($"data {channel}", "ok", $"{url}, {Numbers.Count(pinned.Manifest.Files.Count, "object")}, {Numbers.Size(pinned.Manifest.Files.Sum(file => file.SizeBytes))}", null),
                refused => new CheckView($"data {channel}", "wrong", refused.Fault, null));
        }
        catch (StoreException e)
        {
            return new CheckView($"data {channel}", "wrong", e.Message, null);
        }
    }

    private static async Task<CheckView> TargetAsync(Workplace place, LocatedProject located, string name, CancellationToken cancellationToken)
    {
        try
        {
            var planned = await place.Places.PlanAsync(located, name, cancellationToken);
            return new CheckView($"target {name}", "ok", $"{planned.Spec.Kind}, {planned.Spec.Place}", null);
        }
        catch (Exception e) when (e is CommandException or TargetException or StoreException)
        {
            return new CheckView($"target {name}", "wrong", e.Message, null);
        }
    }

    private static IEnumerable<CheckView> Tools()
    {
        (string Name, string Why, string Mend)[] tools =
        [
            ("git", "records the commit", "apt-get install git"),
            ("python3", "runs .py scripts and notebooks", "apt-get install python3 python3-venv"),
            ("uv", "makes Python environments faster; without it, venv and pip do", "https://docs.astral.sh/uv"),
            ("jupyter-nbconvert", "runs notebooks", "pip install nbconvert ipykernel, or apt-get install jupyter-nbconvert python3-ipykernel"),
            ("dotnet", "runs .cs scripts", "https://dot.net/download"),
            ("micromamba", "makes the environments of environment.yml; mamba and conda do too", "https://mamba.readthedocs.io"),
        ];
        var path = Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, why, mend) in tools)
        {
            var found = CommandLine.Find(name, path) ?? (name == "micromamba" ? CommandLine.Find("mamba", path) ?? CommandLine.Find("conda", path) : null);
            yield return found is null ? new CheckView(name, "missing", why, mend) : new CheckView(name, "ok", found, null);
        }
    }
}
