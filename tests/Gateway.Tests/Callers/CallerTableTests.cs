using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

public sealed class CallerTableTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CallerTable _table;
    private readonly (string Key, string Id, string Hash) _key = ApiKey.Make();

    public CallerTableTests() => _table = new CallerTable(_time);

    [Fact]
    public void OlderReport_ChangesNothing_UnlessNoNewerOneCameForAWhile()
    {
        _table.Report(With(5));
        _table.Report(new CallerKeys(6, []));
        _table.Report(With(5));
        Assert.Null(Found());

        // A database that was restored counts from an earlier version.
        _time.Advance(CallerTable.Holds);
        _table.Report(With(5));
        Assert.NotNull(Found());
    }

    [Fact]
    public void ReportOfNonsense_LeavesTheRestValid()
    {
        _table.Report(new CallerKeys(1, [null!, new("x", "n", ["read"], "zz"), new(null!, null!, null!, null!), .. With(1).Keys, .. With(1).Keys]));
        Assert.NotNull(Found());
    }

    [Fact]
    public void Change_IsToldOnlyWhereAKeyCameOrWent()
    {
        var changes = 0;
        _table.Report(With(1));
        _table.Changed += () => changes++;
        _table.Report(With(1));
        Assert.Equal(0, changes);
        _table.Report(new CallerKeys(2, []));
        Assert.Equal(1, changes);
    }

    private CallerKeys With(long version) => new(version, [new CallerKey(_key.Id, "a", ["read"], _key.Hash)]);

    private CallerKey? Found()
    {
        Assert.True(ApiKey.TryParse(_key.Key, out var id, out var secret));
        return _table.Find(id, secret);
    }
}
