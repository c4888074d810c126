using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli;

// The quickest answer, before anything is built up.
if (args is ["--version"])
{
    Console.Out.WriteLine(Product.Version);
    return ExitCodes.Success;
}

var parsed = Root.Create(args).Parse(args is [] ? ["--help"] : args);
if (CommandLineErrors.In(parsed) is { Count: > 0 } mistakes)
{
    foreach (var mistake in mistakes) Console.Error.WriteLine($"tenfold: {mistake}");
    Console.Error.WriteLine($"`{CommandLineErrors.Path(parsed)} --help` shows what it takes");
    return ExitCodes.BadInput;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
