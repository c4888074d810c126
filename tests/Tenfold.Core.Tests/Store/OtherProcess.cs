using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Store;

/// <summary>This test program as another process, which creates one key after the other once it gets the signal.</summary>
internal static class OtherProcess
{
    private const string Variable = "TENFOLD_TEST_CREATE_IN";

    /// <summary>The keys that each process tries to create.</summary>
    public const int Keys = 200;

    /// <summary>Starts the process. It waits for the file <c>go</c> beside the store, and prints each key that it created.</summary>
    public static Process Start(string store)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[Variable] = store;
        return Process.Start(start)!;
    }

    // This runs before the test runner's own Main.
    [ModuleInitializer]
    internal static void CreateInstead()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } folder) return;
        var until = DateTime.UtcNow.AddMinutes(5);
        while (!File.Exists($"{folder}.go") && DateTime.UtcNow < until) Thread.Sleep(1);
        var store = new FolderStore(folder);
        var content = new byte[40_000];
        Array.Fill(content, (byte)Environment.ProcessId);
        for (var key = 0; key < Keys; key++)
        {
            var created = store.TryCreateAsync($"claims/{key}/claim", content, CancellationToken.None).GetAwaiter().GetResult();
            if (created) Console.WriteLine(key);
        }
        Environment.Exit(0);
    }
}
