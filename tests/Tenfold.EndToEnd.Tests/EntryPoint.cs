using Tenfold.EndToEnd.Tests.Killed;

namespace Tenfold.EndToEnd.Tests;

/// <summary>Replaces the entry point that xUnit would generate: one test starts this program as a controller that is killed.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args) =>
        Victim.IsThisProcess ? Victim.ActHere() : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
