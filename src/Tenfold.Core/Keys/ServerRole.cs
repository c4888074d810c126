namespace Tenfold.Core.Keys;

/// <summary>What an API key of the server allows. Each role allows what the roles before it allow.</summary>
public enum ServerRole
{
    /// <summary>To read everything that is recorded, and to compare groups.</summary>
    Read,

    /// <summary>To cancel and retry runs too.</summary>
    Run,

    /// <summary>To manage the keys and the deliveries too.</summary>
    Admin,
}
