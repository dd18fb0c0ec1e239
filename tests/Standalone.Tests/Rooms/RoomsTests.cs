using System.Reflection;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Dashboard;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Gateway;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker;

namespace Coinsphere.Messaging.Standalone.Tests.Rooms;

/// <summary>Which project and which room of a project may use which: docs/architecture.md in a form that fails.</summary>
public sealed class RoomsTests
{
    private static readonly Assembly Worker = typeof(WorkerHost).Assembly;

    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Consumers"] = ["Serving", "Models", "MarketData", "Storage", "Training", "Alerts", "Events"],
        ["Alerts"] = ["MarketData", "Storage", "Events"],
        ["Events"] = [],
        ["Serving"] = ["Models", "MarketData"],
        ["Models"] = ["MarketData"],
        ["MarketData"] = [],
        ["Storage"] = ["MarketData"],
        ["Training"] = ["Models", "MarketData", "Storage"],
        ["Scheduling"] = ["MarketData", "Storage", "Training"],
        ["Replay"] = ["Serving", "Models", "MarketData", "Storage"],
        ["Health"] = ["Models", "MarketData"],
    };

    [Fact]
    public void RoomOfTheWorker_UsesOnlyWhatItMay()
    {
        var uses = Uses(Worker);
        Assert.Equal(MayUse.Keys.Order(StringComparer.Ordinal), Rooms(Worker).Where(room => room.Length > 0).Order(StringComparer.Ordinal));
        Assert.Empty(uses.Where(use => use.From.Length > 0 && !MayUse[use.From].Contains(use.To)).Select(use => $"{use.From} -> {use.To}: {use.Example}"));
    }

    [Theory]
    [InlineData(typeof(Bar))]
    [InlineData(typeof(HostRunner))]
    public void RoomsOfAProject_MakeNoCircle(Type any)
    {
        var uses = Uses(any.Assembly).ToLookup(use => use.From);
        foreach (var room in Rooms(any.Assembly))
        {
            var reached = new HashSet<string>(StringComparer.Ordinal);
            var next = new Queue<string>([room]);
            while (next.TryDequeue(out var at))
            {
                foreach (var use in uses[at].Where(use => reached.Add(use.To)))
                {
                    Assert.False(use.To == room, $"{room} uses itself by way of {at}: {use.Example}");
                    next.Enqueue(use.To);
                }
            }
        }
    }

    [Fact]
    public void Projects_KnowOnlyThoseBelowThem()
    {
        Assert.Empty(OwnReferences(typeof(Bar).Assembly));
        Assert.Empty(OwnReferences(typeof(PredictRequested).Assembly));
        Assert.DoesNotContain("Coinsphere.Messaging.Gateway", OwnReferences(Worker));
        Assert.Equal(["Client", "Contracts", "Hosting", "Plots"], OwnReferences(typeof(DashboardHost).Assembly).Select(name => name.Split('.')[^1]));
        Assert.Equal(["Client", "Contracts", "Hosting"], OwnReferences(typeof(GatewayHost).Assembly).Select(name => name.Split('.')[^1]));
        Assert.All(
            new[] { typeof(Bar), typeof(PredictRequested) },
            type => Assert.All(type.Assembly.GetReferencedAssemblies(), name => Assert.StartsWith("System", name.Name, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> OwnReferences(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!)
        .Where(name => name.StartsWith("Coinsphere", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Rooms(Assembly assembly) => Own(assembly).Select(RoomOf).Distinct();

    private static List<(string From, string To, string Example)> Uses(Assembly assembly) => [.. Own(assembly)
        .SelectMany(type => TypeUses.Of(type).Where(used => used.Namespace is not null)
            .Select(used => (From: RoomOf(type), To: RoomOf(used), Example: $"{type.FullName} uses {used.FullName}")))
        .Where(use => use.From != use.To && use.To.Length > 0)
        .DistinctBy(use => (use.From, use.To))];

    private static IEnumerable<Type> Own(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.Namespace?.StartsWith(assembly.GetName().Name!, StringComparison.Ordinal) == true);

    // The first folder; nothing for what wires the rooms.
    private static string RoomOf(Type type) => type.Namespace![type.Assembly.GetName().Name!.Length..].TrimStart('.').Split('.')[0];
}
