namespace Tenfold.Aws.Double.Wire;

/// <summary>An error that a service answers.</summary>
public sealed class AwsErrorException(int status, string code, string message) : Exception($"{code}: {message}")
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public string Text { get; } = message;
}
