using System.Diagnostics;
using Tenfold.Targets.Tests;

namespace Tenfold.Aws.Tests.Wire;

/// <summary>The published program in a shell that has no way into AWS. Nothing listens at the endpoint.</summary>
public sealed class A_user_without_credentials_gets_advice : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public A_user_without_credentials_gets_advice()
    {
        _folder.Write("train.sh", "true\n");
        _folder.Write("aws/config", "[profile sso]\nsso_start_url = https://example.org\nsso_region = eu-west-1\nsso_account_id = 1\n"
            + "sso_role_name = r\nregion = eu-west-1\n");
        _folder.Write("tenfold.yaml", """
            name: toy
            train: { command: sh train.sh }
            targets:
              batch: { kind: batch }
              ec2: { kind: ec2, instance_type: m5.large }
              sagemaker: { kind: sagemaker, instance_type: ml.m5.large }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("batch", "")]
    [InlineData("ec2", "")]
    [InlineData("sagemaker", "")]
    [InlineData("batch", "sso")]
    [InlineData("ec2", "sso")]
    [InlineData("sagemaker", "sso")]
    public async Task A_run_is_refused(string target, string profile)
    {
        var (exitCode, _, error) = await RunAsync(profile, "fit", "--on", target);
        exitCode.ShouldBe(6, error);
        error.ShouldContain("aws sso login");
        error.ShouldNotContain("bug in Tenfold");
    }

    [Theory]
    [InlineData("")]
    [InlineData("sso")]
    public async Task Doctor_and_gc_say_what_is_missing(string profile)
    {
        foreach (var arguments in (string[][])[["doctor"], ["gc", "--on", "aws"]])
        {
            var (exitCode, output, error) = await RunAsync(profile, arguments);
            exitCode.ShouldBe(1, output + error);
            (output + error).ShouldContain("aws sso login");
            error.ShouldNotContain("bug in Tenfold");
        }
    }

    private async Task<(int ExitCode, string Out, string Error)> RunAsync(string profile, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Program, arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["HOME"] = start.Environment["TENFOLD_HOME"] = _folder["home"];
        start.Environment["AWS_REGION"] = "eu-west-1";
        start.Environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_CONFIG_FILE"] = _folder["aws/config"];
        if (profile.Length > 0) start.Environment["AWS_PROFILE"] = profile;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
