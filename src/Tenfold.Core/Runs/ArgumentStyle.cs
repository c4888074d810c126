namespace Tenfold.Core.Runs;

/// <summary>How a <c>script:</c> gets its parameters on its command line.</summary>
public enum ArgumentStyle
{
    /// <summary>
    /// <c>--name value</c>: two arguments for each parameter, as versions before this choice passed them. Specs of those versions are run
    /// like this again.
    /// </summary>
    Separate,

    /// <summary><c>--name=value</c>. True is <c>--name</c> alone, and false is nothing.</summary>
    Flags,

    /// <summary><c>--name=value</c>, also for true and false: <c>--name=true</c>.</summary>
    Words,
}
