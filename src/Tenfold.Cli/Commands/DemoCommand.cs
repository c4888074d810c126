using System.CommandLine;
using Tenfold.Cli.Demo;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold demo</c>: the main job on real data, told as a story.</summary>
internal static class DemoCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new Command(
            "demo", ("Train a small network on 1,797 real digits, thirty times, and see why one run would have misled " +
                "you. Takes under a minute.").WithExample("tenfold demo"))
            .Does((_, services, cancellationToken) => new DemoStory(services).TellAsync(cancellationToken));
}
