using System.CommandLine;
using Tenfold.App.Pools;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Pools;
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
            if (parsed.GetValue(json)) Json.Write(PoolView.Of(status), ViewJson.Default.PoolView);
            else Write(status);
            return ExitCodes.Success;
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

    private static void Write(PoolStatus status)
    {
        if (status.Machines.Count == 0 && status.Instances.Count == 0)
        {
            Terminal.Say(
                $"no machine serves the pool {status.Pool}: start `tenfold agent serve --pool {status.Pool} --store {status.StoreUrl}` "
                + "on one");
        }
        else if (status.Machines.Count > 0)
        {
            var table = new TextTable("MACHINE", "STATE", "CORES>", "MEMORY>", "GPUS>", "RUNS>", "SEEN", "VERSION", "RUNNING");
            foreach (var seen in status.Machines)
            {
                var machine = seen.Machine;
                table.Add(
                    machine.Machine, PoolMachineView.StateOf(seen), $"{machine.Cpus:0.##}", Numbers.Size(machine.MemoryBytes),
                    $"{machine.Gpus}", $"{machine.Running.Count}", $"{Numbers.Duration(seen.SilentFor)} ago", machine.Version,
                    HumanText.Ids(machine.Running));
            }

            table.Write(Console.Out, Terminal.Width);
        }

        if (status.Instances.Count > 0) WriteInstances(status.Instances);
        if (status.InstanceFault is { } fault) Terminal.Say($"its instances are unknown: {fault}");
        Terminal.Say($"{Numbers.Count(status.Waiting, "run")} waiting");
    }

    private static void WriteInstances(IReadOnlyList<PoolInstanceStatus> instances)
    {
        var table = new TextTable("INSTANCE", "STATE", "TYPE", "USD/H>", "STARTED", "MACHINE", "RUNNING");
        foreach (var one in instances)
        {
            table.Add(
                one.Instance.Id, one.State, one.Instance.Type, one.Instance.UsdPerHour is { } usd ? Money.Format(usd) : "unknown",
                one.Instance is { State: InstanceState.Running, StartedAt: { } at } ? $"{at:yyyy-MM-dd HH:mm} UTC" : "",
                one.Agent?.Machine.Machine ?? "", HumanText.Ids(one.Agent is { IsOnline: true } agent ? agent.Machine.Running : []));
        }

        table.Write(Console.Out, Terminal.Width);
    }
}
