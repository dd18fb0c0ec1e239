// benchmarks/load starts everything and calls this: "prices FOLDER" writes synthetic price files, "machine" and "measure" print what the
// results begin with and one row of their table. benchmarks/fairness calls "fairness GATEWAY UNTIL CONNECTIONS SECONDS RUNS".
using Coinsphere.Messaging.Load;
using Microsoft.Extensions.Configuration;

switch (args)
{
    case ["prices", var folder]:
        SyntheticPrices.Write(folder);
        return 0;

    case ["machine"]:
        Console.WriteLine(Table.Machine());
        return 0;

    case ["measure", .. var settings]:
        var of = new ConfigurationBuilder().AddCommandLine(settings).Build().Get<MeasureSettings>() ?? throw new ArgumentException("measure what?");
        try
        {
            return await Measure.RunAsync(of);
        }
        catch (Exception fault) when (fault is MeasureException or HttpRequestException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }

    case ["fairness", var gateway, var until, var connections, var seconds, var runs]:
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        return await Fairness.RunAsync(
            new Uri(gateway), DateOnly.Parse(until, invariant), int.Parse(connections, invariant), int.Parse(seconds, invariant), int.Parse(runs, invariant));

    default:
        Console.Error.WriteLine("Use benchmarks/load");
        return 2;
}
