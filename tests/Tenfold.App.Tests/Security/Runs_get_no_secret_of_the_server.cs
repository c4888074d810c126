using Tenfold.Core.Hosts;

namespace Tenfold.App.Tests.Security;

/// <summary>Whoever can push to a repository that a server trains chooses which secrets its runs name.</summary>
public sealed class Runs_get_no_secret_of_the_server : IDisposable
{
    private static readonly string[] Named =
        ["HOOK_SECRET", "GIT_TOKEN", "DEPLOY_KEY", "MAIL_PASSWORD", "SLACK_API_TOKEN", "SLACK_WEBHOOK_URL"];

    private readonly Workspace _workspace = new((options, _) => options with
    {
        Session = new UserSession
        {
            Environment = Named.Append("HF_TOKEN").Append("TENFOLD_API_KEY").Append("TENFOLD_LEDGER")
                .ToDictionary(name => name, _ => "s3cr3t"),
            User = "ann",
            Machine = "laptop",
        },
    });

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Runs_and_agents_do_not_get_what_the_servers_file_names()
    {
        WriteServerFile(
            """
            repositories: { acme/vision: { secret: HOOK_SECRET, token: GIT_TOKEN, key: DEPLOY_KEY } }
            mail: { server: mail.example.org, from: tenfold@example.org, user: tenfold, password: MAIL_PASSWORD }
            """);
        foreach (var name in Named)
        {
            Services.Secrets(name).ShouldBeNull(name);
            Services.AgentEnvironment.ContainsKey(name).ShouldBeFalse(name);
            Services.HostSecrets(name).ShouldBe("s3cr3t", name);
        }

        Services.Secrets("HF_TOKEN").ShouldBe("s3cr3t");
        Services.AgentEnvironment.ContainsKey("HF_TOKEN").ShouldBeTrue();
    }

    [Fact]
    public void Without_a_server_only_Tenfolds_own_variables_are_withheld()
    {
        foreach (var name in Named) Services.Secrets(name).ShouldBe("s3cr3t", name);
        Services.Secrets("TENFOLD_API_KEY").ShouldBeNull();
        Services.Secrets("TENFOLD_LEDGER").ShouldBeNull();
    }

    [Fact]
    public void While_the_servers_file_can_not_be_read_no_run_gets_any()
    {
        WriteServerFile("repositories: [");
        foreach (var name in Named.Append("HF_TOKEN")) Services.Secrets(name).ShouldBeNull(name);
    }

    [Fact]
    public async Task A_project_that_names_one_is_told_why_and_not_to_export_it()
    {
        _workspace.Configure("  secrets: [GIT_TOKEN]");
        WriteServerFile("repositories: { acme/vision: { secret: HOOK_SECRET, token: GIT_TOKEN } }");
        var message = (await _workspace.PlanAsync(request => request)).Refusal().Message;
        message.ShouldContain("server.yaml");
        message.ShouldNotContain("export");
        message.ShouldNotContain("s3cr3t");
    }

    private Services Services => _workspace.Services;

    private void WriteServerFile(string content) => File.WriteAllText(Path.Combine(Services.Home, "server.yaml"), content);
}
