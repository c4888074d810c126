using Tenfold.Aws.Diagnosis;

namespace Tenfold.Aws.Tests.Ec2;

public sealed class The_account_is_checked
{
    [Theory]
    [InlineData("arn:aws:sts::123456789012:assumed-role/Trainer/ada@example.com", "arn:aws:iam::123456789012:role/Trainer")]
    [InlineData("arn:aws-cn:sts::123456789012:assumed-role/Trainer/i-0123", "arn:aws-cn:iam::123456789012:role/Trainer")]
    [InlineData("arn:aws:iam::123456789012:user/team/ada", "arn:aws:iam::123456789012:user/team/ada")]
    [InlineData("arn:aws:iam::123456789012:root", null)]
    [InlineData("arn:aws:sts::123456789012:federated-user/ada", null)]
    [InlineData("nonsense", null)]
    public void Policies_belong_to_the_user_or_the_role_behind_a_session(string arn, string? principal) =>
        AccountCheck.PrincipalOf(arn).ShouldBe(principal);
}
