using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Queue;

/// <summary>This program once more, as an agent process of its own, which can really be killed.</summary>
internal static class OtherAgent
{
    private const string Variable = "TENFOLD_TEST_SERVE";

    public static Process Start(Machine machine)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        start.Environment[Variable] = machine.Folder.Path;
        return Process.Start(start)!;
    }

    // Before the test runner's own Main.
    [ModuleInitializer]
    internal static void ServeInstead()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } folder) return;
        var settings = new AgentSettings
        {
            Home = $"{folder}/home",
            Store = new FolderStore($"{folder}/store"),
            Machine = Environment.MachineName,
            Variables = ProcessVariables.Read(),
            PollInterval = TimeSpan.FromMilliseconds(20),
            CheckpointInterval = TimeSpan.FromMilliseconds(100),
        };
        new QueueServer(new WorkQueue($"{folder}/home/queue"), _ => settings, new ResourcePool(4, 1L << 34, [])).RunAsync(
            CancellationToken.None).GetAwaiter().GetResult();
        Environment.Exit(0);
    }
}
