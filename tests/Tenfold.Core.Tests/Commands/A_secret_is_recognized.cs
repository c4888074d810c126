using Tenfold.Core.Input;

namespace Tenfold.Core.Tests.Commands;

public sealed class A_secret_is_recognized
{
    [Theory]
    [InlineData("HF_TOKEN", true)]
    [InlineData("WANDB_API_KEY", true)]
    [InlineData("AWS_SECRET_ACCESS_KEY", true)]
    [InlineData("db_password", true)]
    [InlineData("GITHUB_PAT", true)]
    [InlineData("GOOGLE_APPLICATION_CREDENTIALS", true)]
    [InlineData("TOKENIZERS_PARALLELISM", false)]
    [InlineData("MAX_TOKENS", false)]
    [InlineData("SORT_KEY", false)]
    [InlineData("PATH", false)]
    [InlineData("PWD", false)]
    [InlineData("MONKEY_PATCH", false)]
    public void A_secret_is_recognized_by_its_name(string name, bool isSecret) => SecretShapes.IsSecretName(name).ShouldBe(isSecret);

    [Theory]
    [InlineData("hf_", 34, true)]
    [InlineData("ghp_", 36, true)]
    [InlineData("sk-", 40, true)]
    [InlineData("AKIA", 16, true)]
    [InlineData("postgres://user:pw@host/", 1, true)]
    [InlineData("https://host/a:b@", 1, false)]
    [InlineData("s3://bucket/", 30, false)]
    [InlineData("hf_home", 0, false)]
    [InlineData("/data/risk-", 40, false)]
    [InlineData("", 64, false)]
    public void A_secret_is_recognized_by_the_form_of_its_value(string start, int more, bool isSecret) =>
        SecretShapes.IsSecretText(start + new string('A', more)).ShouldBe(isSecret);

    [Theory]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn", true)]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\n", true)]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519\n", true)]
    [InlineData("-----BEGIN CERTIFICATE-----\n", false)]
    [InlineData("ssh-ed25519 AAAA public\n", false)]
    public void A_private_key_is_recognized_by_its_first_line(string text, bool isKey) =>
        SecretShapes.IsPrivateKey(System.Text.Encoding.ASCII.GetBytes(text)).ShouldBe(isKey);
}
