using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Tenfold.App.Connecting;
using Tenfold.Cli.Output;
using Tenfold.Core.Platform;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold ssh</c>: a shell on the machine of a run.</summary>
internal static class SshCommand
{
    private const string Description =
        "Open a shell on the machine of a run on the target ec2, by AWS Session Manager: no port is open, and no key is needed. The " +
        "machine ends with its run, whoever is logged in.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var id = CommandOptions.Id("The run");
        var print = new Option<bool>("--print") { Description = "Print the command that connects, and run nothing." };
        var command = new Command("ssh", Description.WithExample("tenfold ssh k7m2xqab-3", "tenfold ssh k7m2xqab-3 --print")) { id, print };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var words = await new RunShell(services).FindAsync(parsed.GetValue(id)!, cancellationToken).OrFailAsync();
            if (parsed.GetValue(print))
            {
                Console.Out.WriteLine(string.Join(' ', words));
                return ExitCodes.Success;
            }

            // Ctrl-C is for the program on the machine.
            using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            var start = new ProcessStartInfo(words[0], words.Skip(1)) { UseShellExecute = false };
            foreach (var name in start.Environment.Keys.Where(PrivateVariables.Contains).ToList()) start.Environment.Remove(name);
            using var shell = Process.Start(start)!;
            await shell.WaitForExitAsync(cancellationToken);
            return shell.ExitCode;
        });
    }
}
