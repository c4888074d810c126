using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Git;

/// <summary>Runs git. It asks nobody, runs no hook, and reads no configuration of the machine.</summary>
/// <param name="environment">The variables with which git is found and started.</param>
/// <param name="time">The clock.</param>
public sealed class GitRunner(IReadOnlyDictionary<string, string> environment, TimeProvider time)
{
    // A large repository takes minutes when it is fetched for the first time.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(30);

    // Git removes its lock files on SIGTERM, and not on SIGKILL.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly string[] Passed =
        ["PATH", "HOME", "TMPDIR", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE"];

    /// <summary>A runner that signs in over ssh with a key, and with no other.</summary>
    public GitRunner With(DeployKey key) => new(
        new Dictionary<string, string>(environment)
        {
            ["GIT_SSH_COMMAND"] = $"{environment.GetValueOrDefault("GIT_SSH_COMMAND", "ssh")} {key.Options}",
        },
        time);

    /// <summary>Runs a command of git in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="arguments">The command and its arguments.</param>
    /// <param name="credentials">A setting that git gets from its environment; null for none. It is never written.</param>
    /// <param name="cancellationToken">Stops git.</param>
    /// <exception cref="GitException">Git is not installed, or takes too long.</exception>
    public async Task<GitResult> RunAsync(
        string folder, IReadOnlyList<string> arguments, (string Key, string Value)? credentials, CancellationToken cancellationToken)
    {
        if (SearchPath.Find("git", environment.GetValueOrDefault("PATH")) is not { } program)
            throw new GitException("git is not installed on the server: install it, and the push is processed then");
        using var git = new Process { StartInfo = Start(program, folder, arguments, credentials) };
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            git.Start();
            git.StandardInput.Close();
            using var output = new MemoryStream();
            var copying = git.StandardOutput.BaseStream.CopyToAsync(output, stop.Token);
            var error = await git.StandardError.ReadToEndAsync(stop.Token);
            await copying;
            await git.WaitForExitAsync(stop.Token);
            return new GitResult(git.ExitCode, Encoding.UTF8.GetString(output.ToArray()), error.Trim());
        }
        catch (Win32Exception e)
        {
            throw new GitException($"git can't be started: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GitException($"`git {arguments[0]}` took longer than {Timeout.TotalMinutes} minutes");
        }
        finally
        {
            await StopAsync(git);
        }
    }

    private async Task StopAsync(Process git)
    {
        try
        {
            if (git.HasExited) return;
            _ = ProcessCalls.kill(git.Id, ProcessCalls.SigTerm);
            using var grace = new CancellationTokenSource(Grace, time);
            await git.WaitForExitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            git.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It was never started.
        }
    }

    private ProcessStartInfo Start(
        string program, string folder, IReadOnlyList<string> arguments, (string Key, string Value)? credentials)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        // A redirect could lead the token to another host.
        string[] settings = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "http.followRedirects=false"];
        foreach (var argument in settings.Concat(arguments)) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var name in Passed)
            if (environment.TryGetValue(name, out var value)) start.Environment[name] = value;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_LFS_SKIP_SMUDGE"] = "1";
        start.Environment["LC_ALL"] = "C";
        if (credentials is not var (key, secret)) return start;
        start.Environment["GIT_CONFIG_COUNT"] = "1";
        start.Environment["GIT_CONFIG_KEY_0"] = key;
        start.Environment["GIT_CONFIG_VALUE_0"] = secret;
        return start;
    }
}

/// <summary>How a command of git ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record GitResult(int ExitCode, string Output, string Error)
{
    /// <summary>True for exit code 0.</summary>
    public bool IsGood => ExitCode == 0;

    /// <summary>The values of its output that end with a NUL character.</summary>
    public IReadOnlyList<string> Values => Output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Git failed for a reason outside the repository's content: another try may succeed.</summary>
/// <param name="message">What failed, and why.</param>
public sealed class GitException(string message) : Exception(message);
