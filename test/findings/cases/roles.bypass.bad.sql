-- names: requests
GRANT "By pass" TO requests;
