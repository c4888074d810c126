using Tenfold.Aws.Batch;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Double;
using Tenfold.Core.Hosts;

namespace Tenfold.Aws.Tests.Batch;

public sealed class Access_to_batch_is_checked : IDisposable
{
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });

    public Access_to_batch_is_checked() => TenfoldStack.Add(_aws, "bucket");

    public void Dispose() => _aws.Dispose();

    // A definition names roles, and runs with secrets pass them by the Parameter Store.
    [Theory]
    [InlineData("batch:SubmitJob")]
    [InlineData("iam:PassRole")]
    [InlineData("ssm:PutParameter")]
    [InlineData("ssm:AddTagsToResource")]
    [InlineData("ssm:GetParameters")]
    [InlineData("ssm:GetParametersByPath")]
    [InlineData("ssm:DeleteParameters")]
    public async Task Every_action_that_a_run_needs_is_checked(string action)
    {
        (await CheckPermissionsAsync()).ShouldNotContain("may not");
        _aws.Iam.Deny(action);
        (await CheckPermissionsAsync()).ShouldContain($"may not: {action}");
    }

    private async Task<string> CheckPermissionsAsync()
    {
        var options = new BatchOptions { Stack = BatchOptions.DefaultStack };
        var connection = new BatchConnection(options, BatchFixture.OptionsOf(_aws), TimeProvider.System);
        var session = new UserSession { User = "ada", Machine = "laptop" };
        var checks = await new BatchAccess(connection, session, TimeProvider.System).CheckAsync(default);
        return checks.Single(check => check.What == "permissions").Detail;
    }
}
