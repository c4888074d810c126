using System.CommandLine;
using Tenfold.Cli;

// The quickest answer, before anything is built up.
if (args is ["--version"])
{
    Console.Out.WriteLine(Product.Version);
    return ExitCodes.Success;
}

return await Root.Create().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
