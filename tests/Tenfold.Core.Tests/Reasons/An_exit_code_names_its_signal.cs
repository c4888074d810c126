using Tenfold.Core.Reasons;

namespace Tenfold.Core.Tests.Reasons;

/// <summary>A shell that outlives a process which a signal ended reports 128 and the signal's number.</summary>
public sealed class An_exit_code_names_its_signal
{
    [Theory]
    [InlineData(129, "exit code 129 (SIGHUP)")]
    [InlineData(130, "exit code 130 (SIGINT)")]
    [InlineData(134, "exit code 134 (SIGABRT)")]
    [InlineData(135, "exit code 135 (SIGBUS)")]
    [InlineData(137, "exit code 137 (SIGKILL; out of memory? see `dmesg`)")]
    [InlineData(139, "exit code 139 (SIGSEGV)")]
    [InlineData(143, "exit code 143 (SIGTERM)")]
    public void An_exit_code_above_128_names_its_signal(int code, string words) => ReasonText.Of(new Reason.Exited(code)).ShouldBe(words);

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(160)]
    [InlineData(255)]
    public void Any_other_exit_code_is_a_plain_number(int code) => ReasonText.Of(new Reason.Exited(code)).ShouldBe($"exit code {code}");

    [Theory]
    [InlineData(9, "killed by SIGKILL (out of memory? see `dmesg`)")]
    [InlineData(11, "killed by SIGSEGV")]
    [InlineData(64, "killed by signal 64")]
    public void An_exit_code_has_the_words_of_an_observed_signal(int signal, string words) =>
        ReasonText.Of(new Reason.Signalled(signal)).ShouldBe(words);
}
