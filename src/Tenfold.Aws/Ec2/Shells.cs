using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>Opens shells on machines by Session Manager, to which the machines of the stack connect themselves.</summary>
/// <remarks>Source: Systems Manager User Guide, "Starting a session (AWS CLI)".</remarks>
internal static class Shells
{
    private const string Guide = "https://docs.aws.amazon.com";

    private static readonly Dictionary<string, string> Programs = new()
    {
        ["aws"] = $"{Guide}/cli/latest/userguide/getting-started-install.html",
        ["session-manager-plugin"] =
            $"{Guide}/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
    };

    /// <summary>The command that opens a shell on a machine.</summary>
    public static ShellCommand ToMachine(string instance, string region) =>
        new(["aws", "ssm", "start-session", "--region", region, "--target", instance], Programs);
}
