-- Made by Optuna 3.1.0: a study with one objective, and one with two.
CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL,
  CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.0.0.d');
CREATE TABLE studies (
  study_id INTEGER NOT NULL,
  study_name VARCHAR(512) NOT NULL,
  PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'digits');
INSERT INTO "studies" VALUES(2,'two');
CREATE TABLE study_directions (
  study_direction_id INTEGER NOT NULL,
  direction VARCHAR(8) NOT NULL,
  study_id INTEGER NOT NULL,
  objective INTEGER NOT NULL,
  PRIMARY KEY (study_direction_id),
  UNIQUE (study_id, objective),
  FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MAXIMIZE',1,0);
INSERT INTO "study_directions" VALUES(2,'MINIMIZE',2,0);
INSERT INTO "study_directions" VALUES(3,'MAXIMIZE',2,1);
CREATE TABLE trial_params (
  param_id INTEGER NOT NULL,
  trial_id INTEGER,
  param_name VARCHAR(512),
  param_value FLOAT,
  distribution_json TEXT,
  PRIMARY KEY (param_id),
  UNIQUE (trial_id, param_name),
  FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'lr',1.78264971513869487258e-03,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(2,1,'layers',3.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(3,1,'width',16.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(4,1,'batch',27.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(5,1,'dropout',0.0,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(6,1,'momentum',9.14152088211098168279e-02,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(7,1,'optimizer',5.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(8,2,'lr',4.1054120168588934198e-04,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(9,2,'layers',4.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(10,2,'width',16.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(11,2,'batch',127.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(12,2,'dropout',0.2,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(13,2,'momentum',5.53102930161294081834e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(14,2,'optimizer',3.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(15,3,'lr',4.25762548601138213211e-02,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(16,3,'layers',4.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(17,3,'width',16.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(18,3,'batch',9.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(19,3,'dropout',0.1,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(20,3,'momentum',0.869361078395119,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(21,3,'optimizer',2.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(22,4,'lr',1.14683987057515816149e-02,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(23,4,'layers',4.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(24,4,'width',16.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(25,4,'batch',178.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(26,4,'dropout',0.5,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(27,4,'momentum',0.740683997836041,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(28,4,'optimizer',4.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(29,5,'lr',7.30005304291526371449e-04,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(30,5,'layers',1.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(31,5,'width',16.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(32,5,'batch',132.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(33,5,'dropout',0.1,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(34,5,'momentum',2.62891192778503923754e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(35,5,'optimizer',5.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(36,6,'lr',2.02769806388149826867e-04,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(37,6,'layers',2.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(38,6,'width',48.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(39,6,'batch',43.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(40,6,'dropout',0.0,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(41,6,'momentum',5.30537441856356428715e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(42,6,'optimizer',2.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(43,7,'lr',2.61715257400542704226e-04,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(44,7,'layers',4.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(45,7,'width',32.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(46,7,'batch',15.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(47,7,'dropout',0.5,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(48,7,'momentum',3.44288201148051475897e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(49,7,'optimizer',2.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(50,8,'lr',6.45332704846124372011e-04,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(51,8,'layers',4.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(52,8,'width',32.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(53,8,'batch',442.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(54,8,'dropout',3.00000000000000044408e-01,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(55,8,'momentum',6.15478763007030527099e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(56,8,'optimizer',1.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(57,9,'lr',5.13025038559695584217e-02,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(58,9,'layers',3.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(59,9,'width',16.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(60,9,'batch',102.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(61,9,'dropout',0.1,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(62,9,'momentum',5.21787521235033247002e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(63,9,'optimizer',5.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(64,10,'lr',1.18219944887479663092e-02,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(65,10,'layers',4.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(66,10,'width',16.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(67,10,'batch',13.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(68,10,'dropout',0.5,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(69,10,'momentum',6.89849979875001184659e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(70,10,'optimizer',3.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(71,11,'lr',1.14720333676855595407e-04,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(72,11,'layers',1.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(73,11,'width',16.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(74,11,'batch',21.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(75,11,'dropout',0.5,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(76,11,'momentum',5.33442753698236349357e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(77,11,'optimizer',5.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(78,12,'lr',4.8204841339085421209e-03,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(79,12,'layers',1.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(80,12,'width',64.0,
  '{"name": "IntDistribution", "attributes": {"log": false, "step": 16, "low": 16, "high": 64}}');
INSERT INTO "trial_params" VALUES(81,12,'batch',20.0,
  '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 512}}');
INSERT INTO "trial_params" VALUES(82,12,'dropout',0.4,
  '{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(83,12,'momentum',3.83982037623530059189e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.99, "log": false}}');
INSERT INTO "trial_params" VALUES(84,12,'optimizer',0.0,
  '{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3, 0.5]}}');
INSERT INTO "trial_params" VALUES(85,14,'x',3.9482248935980090998e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(86,14,'y',5.73975722685604372585e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(87,15,'x',9.23011705762737610925e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(88,15,'y',4.67977307597468583644e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(89,16,'x',1.52154384941080800253e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(90,16,'y',3.79903224608639122905e-01,
  '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
CREATE TABLE trial_values (
  trial_value_id INTEGER NOT NULL,
  trial_id INTEGER NOT NULL,
  objective INTEGER NOT NULL,
  value FLOAT,
  value_type VARCHAR(7) NOT NULL,
  PRIMARY KEY (trial_value_id),
  UNIQUE (trial_id, objective),
  FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,9.69932475154295814512e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,9.59908042279955409092e-01,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,9.58938787619288857122e-01,'FINITE');
INSERT INTO "trial_values" VALUES(4,7,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(5,8,0,NULL,'INF_NEG');
INSERT INTO "trial_values" VALUES(6,9,0,9.68294103175227571789e-01,'FINITE');
INSERT INTO "trial_values" VALUES(7,10,0,0.959996680336083,'FINITE');
INSERT INTO "trial_values" VALUES(8,11,0,9.89902281245918613805e-01,'FINITE');
INSERT INTO "trial_values" VALUES(9,12,0,9.89973172615392860151e-01,'FINITE');
INSERT INTO "trial_values" VALUES(10,14,0,3.9482248935980090998e-01,'FINITE');
INSERT INTO "trial_values" VALUES(11,14,1,5.73975722685604372585e-01,'FINITE');
INSERT INTO "trial_values" VALUES(12,15,0,9.23011705762737610925e-01,'FINITE');
INSERT INTO "trial_values" VALUES(13,15,1,4.67977307597468583644e-01,'FINITE');
INSERT INTO "trial_values" VALUES(14,16,0,1.52154384941080800253e-01,'FINITE');
INSERT INTO "trial_values" VALUES(15,16,1,3.79903224608639122905e-01,'FINITE');
CREATE TABLE trials (
  trial_id INTEGER NOT NULL,
  number INTEGER,
  study_id INTEGER,
  state VARCHAR(8) NOT NULL,
  datetime_start DATETIME,
  datetime_complete DATETIME,
  PRIMARY KEY (trial_id),
  FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-30 01:01:53.979019','2026-11-30 01:01:54.282650');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-30 01:01:54.346246','2026-11-30 01:01:54.603573');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-30 01:01:54.628328','2026-11-30 01:01:54.900630');
INSERT INTO "trials" VALUES(4,3,1,'PRUNED','2026-11-30 01:01:54.936296','2026-11-30 01:01:55.140299');
INSERT INTO "trials" VALUES(5,4,1,'FAIL','2026-11-30 01:01:55.206683','2026-11-30 01:01:55.492869');
INSERT INTO "trials" VALUES(6,5,1,'FAIL','2026-11-30 01:01:55.539059','2026-11-30 01:01:55.728171');
INSERT INTO "trials" VALUES(7,6,1,'COMPLETE','2026-11-30 01:01:55.774530','2026-11-30 01:01:56.075359');
INSERT INTO "trials" VALUES(8,7,1,'COMPLETE','2026-11-30 01:01:56.114189','2026-11-30 01:01:56.319565');
INSERT INTO "trials" VALUES(9,8,1,'COMPLETE','2026-11-30 01:01:56.352516','2026-11-30 01:01:56.640706');
INSERT INTO "trials" VALUES(10,9,1,'COMPLETE','2026-11-30 01:01:56.710645','2026-11-30 01:01:56.984184');
INSERT INTO "trials" VALUES(11,10,1,'COMPLETE','2026-11-30 01:01:57.012911','2026-11-30 01:01:57.158830');
INSERT INTO "trials" VALUES(12,11,1,'COMPLETE','2026-11-30 01:01:57.220852','2026-11-30 01:01:57.499318');
INSERT INTO "trials" VALUES(13,12,1,'RUNNING','2026-11-30 01:01:57.623211',NULL);
INSERT INTO "trials" VALUES(14,0,2,'COMPLETE','2026-11-30 01:01:57.852928','2026-11-30 01:01:58.025458');
INSERT INTO "trials" VALUES(15,1,2,'COMPLETE','2026-11-30 01:01:58.094539','2026-11-30 01:01:58.316764');
INSERT INTO "trials" VALUES(16,2,2,'COMPLETE','2026-11-30 01:01:58.379323','2026-11-30 01:01:58.649155');
CREATE TABLE version_info (
  version_info_id INTEGER NOT NULL,
  schema_version INTEGER,
  library_version VARCHAR(256),
  PRIMARY KEY (version_info_id),
  CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'3.1.0');
