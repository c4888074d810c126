namespace Tenfold.Sql.Tests;

public sealed class Placeholder;
