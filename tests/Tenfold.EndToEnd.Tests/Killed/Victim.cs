using System.Diagnostics;
using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Sql;

namespace Tenfold.EndToEnd.Tests.Killed;

/// <summary>Another process of this program: a controller that is killed at one of its calls.</summary>
/// <param name="Scene">What the process controls.</param>
/// <param name="Group">The group whose end the process awaits between its two rounds.</param>
/// <param name="Call">The call at which the process is killed; it survives if it never makes the call.</param>
/// <param name="After">True to kill the process after the call, false to kill it before.</param>
internal sealed record Victim(Scene Scene, string Group, Call Call, bool After)
{
    private const string Variable = "TENFOLD_TEST_VICTIM";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Starts the process and waits for its end.</summary>
    /// <returns>True when the process was killed; false when it ended by itself.</returns>
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

    /// <summary>Acts as the victim in this process.</summary>
    /// <remarks>Called from Main: a module initializer would keep other threads out of this assembly.</remarks>
    /// <returns>The exit code, unless the process was killed.</returns>
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
        var point = new KillPoint(Call, After, Scene.Calls);
        var controller = Scene.CreateController(
            point.Watch<ILedger>(new SqlLedger(database, WorkKey.OfHome(Scene.Folder))), point.Watch(Scene.Slurm()),
            point.Watch(Scene.Store()), point.Watch(Scene.Bundle()));
        Round();
        // Waits without the controller, whose calls are counted: one round submits the runs, and one observes all ends.
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
                throw new InvalidOperationException(fault.Detail);
        }
    }
}
