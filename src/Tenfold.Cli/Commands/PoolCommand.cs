using System.CommandLine;
using Tenfold.App.Pools;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Core.Reasons;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold pool</c>: the machines of a pool.</summary>
internal static class PoolCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("pool", "Show the machines of a pool, or drain them.".WithExample("tenfold pool status lab", "tenfold pool drain lab ws1"))
        {
            Status(), Drain(), Watch(),
        };

    private static Command Status()
    {
        var (pool, store, json) = (Name(), CommandOptions.PoolStore(), CommandOptions.Json());
        var description = "Show the machines that serve a pool, and how many runs wait.".WithExample(
            "tenfold pool status lab", "tenfold pool status lab --store s3://my-bucket/tenfold");
        return new Command("status", description) { pool, store, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var status = await new PoolDesk(services)
                .InspectAsync(parsed.GetValue(pool)!, parsed.GetValue(store), cancellationToken).OrFailAsync();
            return Write(PoolView.Of(status), parsed.GetValue(json));
        }, async (parsed, server, cancellationToken) =>
        {
            var query = parsed.GetValue(store) is { } named ? $"?store={Uri.EscapeDataString(named)}" : "";
            var view = await server.GetAsync(
                $"pools/{Uri.EscapeDataString(parsed.GetValue(pool)!)}{query}", ViewJson.Default.PoolView, cancellationToken);
            return ViewRecords.Print(() => Write(view, parsed.GetValue(json)));
        });
    }

    private static Command Drain()
    {
        var (pool, store) = (Name(), CommandOptions.PoolStore());
        var machine = new Argument<string?>("machine")
        {
            Description = "The machine to drain. Default: all machines of the pool.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var description = "Let the agents of a pool take no more work, and end when their runs have ended.".WithExample(
            "tenfold pool drain lab", "tenfold pool drain lab ws1");
        return new Command("drain", description) { pool, machine, store }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var asked = await new PoolDesk(services).DrainAsync(
                parsed.GetValue(pool)!, parsed.GetValue(machine), parsed.GetValue(store), cancellationToken).OrFailAsync();
            foreach (var seen in asked)
                Terminal.Say($"{seen.Machine.Machine} drains; it has {Numbers.Count(seen.Machine.Running.Count, "run")}");
            return ExitCodes.Success;
        });
    }

    private static Command Watch()
    {
        var (pool, store) = (Name(), CommandOptions.PoolStore());
        const string what =
            "Start the EC2 instances of a pool that waiting runs need, and stop those that are on for nothing. For cron jobs.";
        var description = what.WithExample("tenfold pool watch ten");
        return new Command("watch", description) { pool, store }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var watched = await new PoolDesk(services).WatchAsync(
                parsed.GetValue(pool)!, parsed.GetValue(store), Terminal.Say, cancellationToken).OrFailAsync();
            Terminal.Say($"{watched.Started} started, {watched.Stopped} stopped, {watched.Left} left on that may be on for nothing");
            return watched.Left == 0 ? ExitCodes.Success : ExitCodes.RunFailed;
        });
    }

    private static Argument<string> Name() => new("pool") { Description = "The pool's name." };

    private static int Write(PoolView pool, bool isJson)
    {
        if (isJson)
        {
            Json.Write(pool, ViewJson.Default.PoolView);
            return ExitCodes.Success;
        }

        if (pool.Machines.Count == 0 && pool.Instances.Count == 0)
        {
            Terminal.Say(
                $"no machine serves the pool {pool.Pool}: start `tenfold agent serve --pool {pool.Pool} --store {pool.Store}` on one");
        }
        else if (pool.Machines.Count > 0)
        {
            var table = new TextTable("MACHINE", "STATE", "CORES>", "MEMORY>", "GPUS>", "RUNS>", "SEEN", "VERSION", "RUNNING");
            foreach (var machine in pool.Machines)
            {
                table.Add(
                    machine.Machine, machine.State, $"{machine.Cpus:0.##}", Numbers.Size(machine.MemoryBytes), $"{machine.Gpus}",
                    $"{machine.Running.Count}", $"{Numbers.Duration(TimeSpan.FromSeconds(machine.SilentSeconds))} ago", machine.Version,
                    HumanText.Ids(machine.Running));
            }

            table.Write(Console.Out, Terminal.Width);
        }

        if (pool.Instances.Count > 0) WriteInstances(pool.Instances);
        if (pool.InstanceFault is { } fault) Terminal.Say($"its instances are unknown: {fault}");
        Terminal.Say($"{Numbers.Count(pool.Waiting, "run")} waiting");
        return ExitCodes.Success;
    }

    private static void WriteInstances(IReadOnlyList<PoolInstanceView> instances)
    {
        var table = new TextTable("INSTANCE", "STATE", "TYPE", "USD/H>", "STARTED", "MACHINE", "RUNNING");
        foreach (var one in instances)
        {
            table.Add(
                one.Instance, one.State, one.Type ?? "", one.UsdPerHour is { } usd ? Money.Format(usd) : "unknown",
                one is { IsOn: true, StartedAt: { } at } ? $"{at:yyyy-MM-dd HH:mm} UTC" : "", one.Machine ?? "",
                HumanText.Ids(one.Running));
        }

        table.Write(Console.Out, Terminal.Width);
    }
}
