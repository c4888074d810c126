using Tenfold.EndToEnd.Tests.Killed;

namespace Tenfold.EndToEnd.Tests;

/// <summary>Replaces xUnit's generated entry point, because a test starts this program as the controller that is killed.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args) =>
        Victim.IsThisProcess ? Victim.ActHere() : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
