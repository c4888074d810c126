using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.Cli;
using Tenfold.Core.Ledger;
using Tenfold.Projects;
using Tenfold.Server.Notifications;

namespace Tenfold.Server;

/// <summary>The program: a server over the ledger and the home of this process, until it is stopped.</summary>
internal static class ServerProcess
{
    /// <summary>Runs the server.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            return await ServerOptions.Parse(arguments).Match(RunAsync, refusal => Task.FromResult(Fail(refusal)));
        }
        catch (CommandException e)
        {
            return Fail(e.Message, e.ExitCode);
        }
        catch (Exception e) when (e is LedgerException or IOException or UnauthorizedAccessException or SocketException)
        {
            return Fail(e.Message, ExitCodes.CannotWrite);
        }
    }

    private static async Task<int> RunAsync(ServerOptions options)
    {
        using var logs = LoggerFactory.Create(logging => ServerHost.Log(logging, options.LogsJson));
        var services = ProcessServices.Open(logs);
        if (!ReadRepositories(services.Home).Succeeded(out var file, out var refusal)) return Fail(refusal);
        foreach (var (name, repository) in file.Repositories)
        {
            if (services.HostSecrets(repository.Secret) is not { Length: > 0 })
                return Fail(Refusal.BadInput($"{name}: the variable {repository.Secret} with the secret of its hook is not set"));
            if (repository.Token is { } token && services.HostSecrets(token) is not { Length: > 0 })
                return Fail(Refusal.BadInput($"{name}: the variable {token} with the token is not set"));
            if (repository.Key is { } key && services.HostSecrets(key) is not { Length: > 0 })
                return Fail(Refusal.BadInput($"{name}: the variable {key} with the private key is not set"));
        }

        if (file.Mail?.Password is { } password && services.HostSecrets(password) is not { Length: > 0 })
            return Fail(Refusal.BadInput($"mail: the variable {password} with the password is not set"));
        var parts = new ServerParts(services, file.Repositories)
        {
            KeepDeliveries = file.KeepDeliveries,
            Mail = file.Mail is { } mail ? new MailSender(mail, services.HostSecrets, services.Time) : null,
            MailTo = file.Mail?.To,
        };
        await using var app = ServerHost.Create(options, parts);
        await app.StartAsync();
        var path = Path.Combine(services.Home, ServerFile.FileName);
        var trained = file.Repositories.Count == 0 ? $"it trains no pushes, since {path} names no repository"
            : $"it trains pushes to {string.Join(", ", file.Repositories.Keys)}";
        foreach (var line in app.Urls.Select(url => $"the server listens on {url}").Append(trained))
        {
            // What reads JSON can't read anything else.
            if (options.LogsJson) logs.CreateLogger("Tenfold.Server").Started(line);
            else Console.Error.WriteLine($"tenfold: {line}");
        }

        await app.WaitForShutdownAsync();
        return ExitCodes.Success;
    }

    // Without the file the server has no repository, and only runs the control loop.
    private static Outcome<ServerFile> ReadRepositories(string home)
    {
        var path = Path.Combine(home, ServerFile.FileName);
        if (!File.Exists(path)) return new ServerFile();
        return ServerReader.ReadFile(path).Match<Outcome<ServerFile>>(
            file => file, faults => Refusal.BadInput([.. faults.Select(fault => fault.ToString())]));
    }

    private static int Fail(Refusal refusal) => Fail(refusal.Message, ExitCodes.For(refusal.Kind));

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine($"tenfold: {message}");
        return exitCode;
    }
}
