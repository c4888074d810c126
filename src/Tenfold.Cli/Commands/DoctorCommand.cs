using System.CommandLine;
using Tenfold.Agent.Preparation;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.App.Targets;
using Tenfold.Cli.Output;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Projects;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold doctor</c>: what is set up, what is wrong, and how to mend it.</summary>
internal static class DoctorCommand
{
    private const long LittleSpace = 1_000_000_000;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var json = CommandOptions.Json();
        return new Command("doctor", "Check that this machine can do what is asked of it.".WithExample("tenfold doctor")) { json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                var checks = new List<CheckView> { Home(services) };
                if (checks[0].State == "ok") checks.AddRange([Space(services), await LedgerAsync(services, cancellationToken), Agent(services)]);
                checks.AddRange(await ProjectAsync(services, cancellationToken));
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

    private static CheckView Home(Services services)
    {
        try
        {
            Directory.CreateDirectory(services.Home);
            var probe = Path.Combine(services.Home, $".probe.{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new CheckView("home", "ok", services.Home, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CheckView("home", "wrong", $"{services.Home} can't be written ({e.Message})", "set TENFOLD_HOME to a folder that can");
        }
    }

    private static CheckView Space(Services services)
    {
        var free = new DriveInfo(services.Home).AvailableFreeSpace;
        return free < LittleSpace
            ? new CheckView("disk", "wrong", $"only {Numbers.Size(free)} free at {services.Home}", "free some, or set TENFOLD_HOME to another disk")
            : new CheckView("disk", "ok", $"{Numbers.Size(free)} free", null);
    }

    private static async Task<CheckView> LedgerAsync(Services services, CancellationToken cancellationToken)
    {
        try
        {
            var live = (await services.Controller.ReconcileAsync(cancellationToken)).Live;
            return new CheckView("ledger", "ok", $"{services.Database.Place}, {Numbers.Count(live, "attempt")} not ended", null);
        }
        catch (Exception e) when (e is LedgerException or StoreException)
        {
            return new CheckView("ledger", "wrong", e.Message, null);
        }
    }

    private static CheckView Agent(Services services) => services.Queue.HasAgent()
        ? new CheckView("agent", "ok", $"runs {services.Queue.Running().Count}, {services.Queue.Waiting().Count} waiting; it leaves when they are done", null)
        : new CheckView("agent", "ok", "not needed now; it starts when there is work", null);

    private static async Task<IReadOnlyList<CheckView>> ProjectAsync(Services services, CancellationToken cancellationToken)
    {
        if (ProjectFinder.Find(".") is not { } file) return [];
        LocatedProject? located = null;
        var project = services.Projects.Open(Path.GetDirectoryName(file)!).Match(
            found => new CheckView("project", "ok", $"{(located = found).Project.Name}, {file}", null),
            faults => new CheckView("project", "wrong", string.Join("; ", faults), "mend tenfold.yaml"));
        if (located is null) return [project];
        var checks = new List<CheckView> { project };
        if (located.Project.Store is not null) checks.Add(await StoreAsync(services, located, cancellationToken));
        foreach (var (channel, location) in located.Project.Train.Data.Where(data => data.Value.IsS3)) checks.Add(await DataAsync(services, channel, location.Text, cancellationToken));
        foreach (var name in located.Project.Targets.Keys.Where(name => name != "local")) checks.Add(await TargetAsync(services, located, name, cancellationToken));
        return checks;
    }

    private static async Task<CheckView> StoreAsync(Services services, LocatedProject located, CancellationToken cancellationToken)
    {
        try
        {
            var url = TargetResolver.StoreUrl(located);
            await services.Stores.CheckAsync(url, cancellationToken);
            return new CheckView("store", "ok", url, null);
        }
        catch (StoreException e)
        {
            return new CheckView("store", "wrong", e.Message, null);
        }
    }

    private static async Task<CheckView> DataAsync(Services services, string channel, string url, CancellationToken cancellationToken)
    {
        try
        {
            return (await new ChannelPinner(services).ListAsync(url, cancellationToken)).Match(
                pinned => new CheckView($"data {channel}", "ok", $"{url}, {Numbers.Count(pinned.Manifest.Files.Count, "object")}, {Numbers.Size(pinned.Manifest.Files.Sum(file => file.SizeBytes))}", null),
                refused => new CheckView($"data {channel}", "wrong", refused.Fault, null));
        }
        catch (StoreException e)
        {
            return new CheckView($"data {channel}", "wrong", e.Message, null);
        }
    }

    private static async Task<CheckView> TargetAsync(Services services, LocatedProject located, string name, CancellationToken cancellationToken)
    {
        try
        {
            var planned = await services.Targets.PlanAsync(located, name, cancellationToken);
            return planned.Match(
                target => new CheckView($"target {name}", "ok", $"{target.Spec.Kind}, {target.Spec.Place}", null),
                refusal => new CheckView($"target {name}", "wrong", refusal.Message, null));
        }
        catch (Exception e) when (e is TargetException or StoreException)
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
