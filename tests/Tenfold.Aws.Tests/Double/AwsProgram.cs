using System.Diagnostics;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double;

namespace Tenfold.Aws.Tests.Double;

/// <summary>Debian's <c>aws</c> program, pointed at the double.</summary>
internal sealed class AwsProgram(AwsDouble aws)
{
    /// <summary>Runs a command that must succeed, and returns its output.</summary>
    public async Task<JsonNode?> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await StartAsync(arguments);
        if (code != 0) throw new InvalidOperationException($"aws {string.Join(' ', arguments)}: {error}");
        return output.Trim().Length > 0 ? JsonNode.Parse(output) : null;
    }

    /// <summary>Runs a command that must fail, and returns what it says.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, error) = await StartAsync(arguments);
        return code != 0 ? error : throw new InvalidOperationException($"aws {string.Join(' ', arguments)} succeeded: {output}");
    }

    private async Task<(int Code, string Output, string Error)> StartAsync(string[] arguments)
    {
        // It does not know AWS_ENDPOINT_URL.
        var start = new ProcessStartInfo("/usr/bin/aws", ["--endpoint-url", aws.Endpoint, "--output", "json", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in aws.Environment) start.Environment[name] = value;
        start.Environment["AWS_PAGER"] = "";
        start.Environment["AWS_MAX_ATTEMPTS"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
