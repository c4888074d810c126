using System.CommandLine;
using Tenfold.App.Pools;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold pool</c>: the machines of a pool.</summary>
internal static class PoolCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new("pool", "Show the machines of a pool, or drain them.".WithExample("tenfold pool status lab", "tenfold pool drain lab ws1"))
        {
            Status(), Drain(),
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

    private static Argument<string> Name() => new("pool") { Description = "The pool's name." };

    private static void Write(PoolStatus status)
    {
        if (status.Machines.Count == 0)
        {
            Terminal.Say(
                $"no machine serves the pool {status.Pool}: start `tenfold agent serve --pool {status.Pool} --store {status.StoreUrl}` "
                + "on one");
        }
        else
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

        Terminal.Say($"{Numbers.Count(status.Waiting, "run")} waiting");
    }
}
