using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tenfold.Sql.Tests;

/// <summary>This program once more, as a process that does nothing but open a ledger, as soon as it may.</summary>
internal static class OtherProcess
{
    private const string Variable = "TENFOLD_TEST_OPEN_LEDGER";

    public static Process Start(string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment[Variable] = file;
        return Process.Start(start)!;
    }

    // Before the test runner's own Main.
    [ModuleInitializer]
    internal static void OpenInstead()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } file) return;
        var code = 0;
        try
        {
            var until = DateTime.UtcNow.AddSeconds(30);
            while (!File.Exists($"{file}.go") && DateTime.UtcNow < until) Thread.Sleep(1);
            new SqlLedger(new SqliteDatabase(file)).LiveAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            code = 1;
        }

        Environment.Exit(code);
    }
}
