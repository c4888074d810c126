using System.Diagnostics;
using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Sql;

namespace Tenfold.EndToEnd.Tests.Killed;

/// <summary>This program once more, as a controller that is killed at a call.</summary>
/// <param name="Scene">What it controls.</param>
/// <param name="Group">The group that it waits for between its two rounds.</param>
/// <param name="Call">The call; one that it never comes to lets it live.</param>
/// <param name="After">Whether just after it.</param>
internal sealed record Victim(Scene Scene, string Group, Call Call, bool After)
{
    private const string Variable = "TENFOLD_TEST_VICTIM";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Lets it live and die.</summary>
    /// <returns>True when it was killed; false when it came to its own end.</returns>
    public async Task<bool> RunAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment[Variable] = JsonSerializer.Serialize(this);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        using var end = new CancellationTokenSource(2 * Deadline);
        await process.WaitForExitAsync(end.Token);
        if (process.ExitCode is 0 or 128 + OwnProcesses.SigKill) return process.ExitCode != 0;
        throw new InvalidOperationException($"the victim failed: {await error}");
    }

    /// <summary>True when this process was started as a victim.</summary>
    public static bool IsThisProcess => Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>Does what this process was started for.</summary>
    /// <remarks>Called from Main: a module initializer would keep other threads out of this assembly.</remarks>
    /// <returns>The exit code, when it was not killed.</returns>
    public static int ActHere()
    {
        try
        {
            JsonSerializer.Deserialize<Victim>(Environment.GetEnvironmentVariable(Variable)!)!.Act();
            return 0;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return 1;
        }
    }

    private void Act()
    {
        using var database = Databases.Open(Scene.Ledger, "", TimeProvider.System);
        var point = new KillPoint(Call, After, Scene.Called);
        var controller = Scene.Control(
            point.Watch<ILedger>(new SqlLedger(database)), point.Watch(Scene.Slurm()), point.Watch(Scene.Store()),
            point.Watch(Scene.Bundle()));
        Round();
        // Without the controller, whose calls are counted: then there is one round that starts, and one that sees all ends.
        var since = Stopwatch.GetTimestamp();
        while (!Scene.HaveReportedAsync(Group).GetAwaiter().GetResult())
        {
            if (Stopwatch.GetElapsedTime(since) > Deadline) throw new TimeoutException("the runs have not ended");
            Thread.Sleep(50);
        }

        Round();

        void Round()
        {
            if (controller.ReconcileAsync(CancellationToken.None).GetAwaiter().GetResult() is { Faults: [var fault, ..] })
                throw new InvalidOperationException(fault);
        }
    }
}
