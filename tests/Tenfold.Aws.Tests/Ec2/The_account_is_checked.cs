using Tenfold.Aws.Diagnosis;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Batch;
using Tenfold.Aws.Tests.Double;
using Tenfold.Core.Hosts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

public sealed class The_account_is_checked : IDisposable
{
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });
    private readonly ShiftedClock _time = new();

    public void Dispose() => _aws.Dispose();

    [Fact]
    public async Task All_is_well()
    {
        var checks = await RunAsync();
        checks.Select(check => check.What).ShouldBe(["clock", "credentials", "permissions", "quotas"]);
        checks.ShouldAllBe(check => check.Fix == null);
    }

    [Theory]
    [InlineData(-10, "10 minutes behind")]
    [InlineData(7, "7 minutes ahead of")]
    public async Task A_wrong_clock_is_reported(int minutes, string words)
    {
        _time.Shift = TimeSpan.FromMinutes(minutes);
        var clock = (await RunAsync())[0];
        (clock.What, clock.Fix).ShouldBe(("clock", "set it (timedatectl set-ntp true)"));
        clock.Detail.ShouldContain(words);
    }

    [Fact]
    public async Task Refused_actions_are_named()
    {
        _aws.Iam.Deny("batch:SubmitJob");
        var permissions = (await RunAsync()).Single(check => check.What == "permissions");
        permissions.Detail.ShouldContain("may not: batch:SubmitJob");
        permissions.Fix.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_quota_below_a_queues_maximum_is_reported()
    {
        _aws.Quotas.Set("L-34B43A08", 5);
        var checks = await RunAsync(new VcpuNeed("tenfold-spot", 64, IsSpot: true, HasGpus: false));
        checks[^1].Detail.ShouldContain("tenfold-spot may use 64 vCPUs, and the account's quota spot is 5");
        checks[^1].Fix.ShouldNotBeNull().ShouldContain("L-34B43A08");
    }

    [Fact]
    public async Task Expired_credentials_end_the_checks()
    {
        _aws.ExpireUser();
        var last = (await RunAsync())[^1];
        (last.What, last.Fix is null).ShouldBe(("credentials", false));
    }

    [Theory]
    [InlineData(5, "log in again")]
    [InlineData(120, null)]
    public async Task Credentials_that_end_soon_are_reported(int minutes, string? fix)
    {
        var end = TimeProvider.System.GetUtcNow().AddMinutes(minutes).ToString("O");
        var check = (await RunAsync(("AWS_CREDENTIAL_EXPIRATION", end))).Single(one => one.What == "credentials");
        if (fix is null) check.Fix.ShouldBeNull();
        else check.Fix.ShouldNotBeNull().ShouldContain(fix);
    }

    [Theory]
    [InlineData("arn:aws:sts::123456789012:assumed-role/Trainer/ada@example.com", "arn:aws:iam::123456789012:role/Trainer")]
    [InlineData("arn:aws-cn:sts::123456789012:assumed-role/Trainer/i-0123", "arn:aws-cn:iam::123456789012:role/Trainer")]
    [InlineData("arn:aws:iam::123456789012:user/team/ada", "arn:aws:iam::123456789012:user/team/ada")]
    [InlineData("arn:aws:iam::123456789012:root", null)]
    [InlineData("arn:aws:sts::123456789012:federated-user/ada", null)]
    [InlineData("nonsense", null)]
    public void Policies_belong_to_the_user_or_the_role_behind_a_session(string arn, string? principal) =>
        AccountCheck.PrincipalOf(arn).ShouldBe(principal);

    private Task<IReadOnlyList<AccessCheck>> RunAsync(params VcpuNeed[] needs) => RunAsync(new Dictionary<string, string>(), needs);

    private Task<IReadOnlyList<AccessCheck>> RunAsync((string Name, string Value) variable) =>
        RunAsync(new Dictionary<string, string> { [variable.Name] = variable.Value }, []);

    private Task<IReadOnlyList<AccessCheck>> RunAsync(IReadOnlyDictionary<string, string> environment, VcpuNeed[] needs) =>
        new AccountCheck(
            BatchFixture.OptionsOf(_aws), new UserSession { User = "ada", Machine = "laptop", Environment = environment }, _time)
            .RunAsync(["batch:SubmitJob", "batch:ListJobs"], needs, default);
}
