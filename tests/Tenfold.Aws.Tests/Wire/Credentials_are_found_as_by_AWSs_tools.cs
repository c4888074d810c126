using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Sts;

namespace Tenfold.Aws.Tests.Wire;

/// <summary>A process with nothing but an environment and files finds its credentials, and the double checks its signature.</summary>
public sealed class Credentials_are_found_as_by_AWSs_tools : IDisposable
{
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _aws.Dispose();
    }

    [Fact]
    public async Task In_variables() =>
        (await AskAsync(("AWS_ACCESS_KEY_ID", "S3RVER"), ("AWS_SECRET_ACCESS_KEY", "S3RVER"))).ShouldContain(":user/");

    [Theory]
    [InlineData("default", null)]
    [InlineData("work", "work")]
    public async Task In_a_profile(string name, string? chosen)
    {
        _folder.Write("credentials", $"[{name}]\naws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\n");
        (string, string)[] profile = chosen is null ? [] : [("AWS_PROFILE", chosen)];
        (await AskAsync(profile)).ShouldContain(":user/");
    }

    [Fact]
    public async Task From_a_program_that_a_profile_names()
    {
        _folder.Write(
            "keys.sh", "echo '{ \"Version\": 1, \"AccessKeyId\": \"S3RVER\", \"SecretAccessKey\": \"S3RVER\" }'\n");
        _folder.Write("config", $"[default]\nregion = eu-west-1\ncredential_process = /bin/sh {_folder["keys.sh"]}\n");
        (await AskAsync()).ShouldContain(":user/");
    }

    [Fact]
    public async Task From_the_endpoint_of_a_container()
    {
        var role = Uri.EscapeDataString($"arn:aws:iam::{_aws.Options.Account}:role/job");
        var uri = $"{_aws.Endpoint}/container-credentials/{role}/session";
        (await AskAsync(("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri))).ShouldContain(":assumed-role/job/session");
    }

    [Fact]
    public async Task From_the_metadata_of_the_machine()
    {
        using var metadata = _aws.OpenMetadata("workstation");
        (await AskAsync(("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.Endpoint)))
            .ShouldContain(":assumed-role/workstation/i-0c0ffee0c0ffee0c0");
    }

    // As GitHub Actions and Kubernetes give it.
    [Fact]
    public async Task By_a_token_of_an_identity_provider()
    {
        _folder.Write("token", WebIdentity.Token);
        (await AskAsync([.. WebIdentityVariables()])).ShouldContain(":assumed-role/trainer/build-7");
    }

    [Fact]
    public async Task A_token_that_AWS_refuses_says_so()
    {
        _folder.Write("token", "another token");
        var words = await AskAsync([.. WebIdentityVariables()]);
        words.ShouldNotContain(":assumed-role/");
        words.ShouldContain("credentials");
    }

    [Fact]
    public async Task By_a_role_that_a_profile_assumes()
    {
        _folder.Write("credentials", "[base]\naws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\n");
        _folder.Write("config", $"""
            [profile team]
            region = eu-west-1
            role_arn = {Trainer}
            role_session_name = mary
            source_profile = base
            """);
        (await AskAsync(("AWS_PROFILE", "team"))).ShouldContain(":assumed-role/trainer/mary");
    }

    [Fact]
    public async Task A_login_that_has_expired_says_what_to_do()
    {
        _folder.Write("config", """
            [default]
            region = eu-west-1
            sso_start_url = https://example.awsapps.com/start
            sso_region = eu-west-1
            sso_account_id = 123456789012
            sso_role_name = Trainer
            """);
        var words = await AskAsync();
        words.ShouldStartWith("ExpiredCredentials: ");
        words.ShouldContain("aws sso login");
    }

    [Fact]
    public async Task Without_any_the_message_says_what_to_do() => (await AskAsync()).ShouldContain("aws sso login");

    [Fact]
    public async Task A_FIPS_endpoint_that_Tenfold_does_not_know_is_refused()
    {
        var words = await OtherProcess.WhoAmIAsync([.. Basis(), ("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_ENDPOINT_URL", "")]);
        words.ShouldContain("FIPS");
        words.ShouldContain("AWS_ENDPOINT_URL_BATCH");
    }

    private string Trainer => $"arn:aws:iam::{_aws.Options.Account}:role/trainer";

    private IEnumerable<(string Name, string Value)> WebIdentityVariables() =>
    [
        ("AWS_ROLE_ARN", Trainer), ("AWS_ROLE_SESSION_NAME", "build-7"), ("AWS_WEB_IDENTITY_TOKEN_FILE", _folder["token"]),
    ];

    private Task<string> AskAsync(params (string Name, string Value)[] environment) =>
        OtherProcess.WhoAmIAsync([.. Basis(), .. environment]);

    private IEnumerable<(string Name, string Value)> Basis() =>
    [
        ("HOME", _folder.Path), ("AWS_SHARED_CREDENTIALS_FILE", _folder["credentials"]), ("AWS_CONFIG_FILE", _folder["config"]),
        ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_REGION", _aws.Options.Region), ("AWS_ENDPOINT_URL", _aws.Endpoint),
    ];
}
