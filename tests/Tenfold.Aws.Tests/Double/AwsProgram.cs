using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double;

namespace Tenfold.Aws.Tests.Double;

/// <summary>Debian's <c>aws</c> program, pointed at the double.</summary>
/// <remarks>One process carries out the commands of all tests, since Python takes a second to load the program.</remarks>
internal sealed class AwsProgram(AwsDouble aws)
{
    // Does what /usr/bin/aws does, for each line of standard input. Ends when the tests end, which closes its standard input.
    private const string Loop =
        """
        import contextlib, io, json, os, sys
        import awscli.clidriver
        lines, answers = sys.stdin, sys.stdout
        for line in lines:
            call = json.loads(line)
            os.environ.update(call["variables"])
            output, error = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(error):
                try:
                    code = awscli.clidriver.create_clidriver().main(call["arguments"])
                except SystemExit as end:
                    code = end.code
            print(json.dumps({"code": code, "output": output.getvalue(), "error": error.getvalue()}), file=answers, flush=True)
        """;

    private static readonly SemaphoreSlim OneAtATime = new(1);
    private static readonly Lazy<Process> Program = new(Start);

    /// <summary>Runs a command that must succeed, and returns its output.</summary>
    public async Task<JsonNode?> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await CallAsync(arguments);
        if (code != 0) throw new InvalidOperationException($"aws {string.Join(' ', arguments)}: {error}");
        return output.Trim().Length > 0 ? JsonNode.Parse(output) : null;
    }

    /// <summary>Runs a command that must fail, and returns what it says.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, error) = await CallAsync(arguments);
        return code != 0 ? error : throw new InvalidOperationException($"aws {string.Join(' ', arguments)} succeeded: {output}");
    }

    private async Task<(int Code, string Output, string Error)> CallAsync(string[] arguments)
    {
        var variables = new Dictionary<string, string>(aws.Environment) { ["AWS_PAGER"] = "", ["AWS_MAX_ATTEMPTS"] = "1" };
        // It does not know AWS_ENDPOINT_URL.
        string[] all = ["--endpoint-url", aws.Endpoint, "--output", "json", .. arguments];
        await OneAtATime.WaitAsync();
        try
        {
            await Program.Value.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { variables, arguments = all }));
            var answer = JsonNode.Parse(await Program.Value.StandardOutput.ReadLineAsync() ?? throw new EndOfStreamException("aws ended"))!;
            return (answer["code"]!.GetValue<int>(), $"{answer["output"]}", $"{answer["error"]}");
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static Process Start() => Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Loop])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        UseShellExecute = false,
    })!;
}
