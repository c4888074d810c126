namespace Tenfold.Core.Attempts;

/// <summary>The values of a group's secrets, on their way from the shell that has them to the agent's memory; never written anywhere.</summary>
/// <param name="Group">The group whose runs get them.</param>
/// <param name="Values">Variable name to value.</param>
public sealed record SecretDelivery(string Group, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Says that there are values, never which.</summary>
    public override string ToString() => $"{Values.Count} secrets of {Group}";
}
