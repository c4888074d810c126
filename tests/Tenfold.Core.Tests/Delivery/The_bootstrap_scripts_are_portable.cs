using System.Diagnostics;
using Tenfold.Core.Delivery;

namespace Tenfold.Core.Tests.Delivery;

public sealed class The_bootstrap_scripts_are_portable
{
    private const string Link = "https://bucket.example/agents/it's?X-Amz-Signature=a%2Fb";

    public static TheoryData<string> Scripts =>
        [Bootstrap.AwaitShared("/it's shared/tenfold"), Bootstrap.Fetch("0123456789abcdef", Link, new string('0', 64), "s3://bucket/it's")];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Shellcheck_finds_only_POSIX_features(string script)
    {
        var (output, exitCode) = await CheckAsync($"#!/bin/sh\n{script}exec {Bootstrap.Variable} run\n");
        output.ShouldBeEmpty();
        exitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Shellcheck_does_find_other_features() => (await CheckAsync("#!/bin/sh\n[[ -f x ]]\n")).ExitCode.ShouldBe(1);

    private static async Task<(string Output, int ExitCode)> CheckAsync(string script)
    {
        var start = new ProcessStartInfo("shellcheck", ["--norc", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output, process.ExitCode);
    }
}
