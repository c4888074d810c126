using System.CommandLine;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold server</c>: replaces itself by the program <c>tenfold-server</c>, which has the web server.</summary>
internal static class ServerCommand
{
    /// <summary>The program, which lies beside this one.</summary>
    public const string Program = "tenfold-server";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var listen = CommandOptions.Listen(
            "The address to listen on. Put a proxy with TLS in front of it before other machines connect.", "http://127.0.0.1:4000");
        var format = new Option<string>("--log-format")
        {
            Description = "How it logs to standard error: lines for people, or a JSON object on each line.",
            DefaultValueFactory = _ => "text",
        }.AcceptOnlyFromAmong("text", "json");
        var description = "Run the control loop without a terminal, and train what is pushed to the repositories of server.yaml.\n"
            + "Stop it with Ctrl-C or SIGTERM.";
        return new Command("server", description.WithExample("tenfold server", "tenfold server --listen http://0.0.0.0:4000"))
        {
            listen, format, ServerKeysCommand.Create(),
        }
            .WithAction((parsed, _) => Task.FromResult(HostPrograms.Replace(
                Program, ["--url", parsed.GetValue(listen)!, "--log-format", parsed.GetValue(format)!])));
    }
}
